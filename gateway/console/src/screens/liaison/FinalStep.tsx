import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { draftGrant, proposeGrant, supersedeGrant } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Failure, Notice } from '../../parts/Notice'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { PreviewOf } from './PreviewOf'
import { changed, complete } from './terms'
import type { Before, Terms } from './terms'

interface Props {
  readonly terms: Terms
  readonly follows?: Before
  /** Whether the preview is offered here, too. */
  readonly preview: boolean
}

/** The last look, then the proposal: the author's approval is the first. */
export function FinalStep({ terms, follows, preview }: Props) {
  const { t, language } = useTexts()
  const [proposed, propose] = useStep(proposeGrant)
  const [superseded, supersede] = useStep(supersedeGrant)
  const [drafted, draft] = useStep(draftGrant)
  const api = apiLanguage(language)
  const done = superseded.data?.supersedeGrant ?? proposed.data?.proposeGrant
  if (done)
    return (
      <Notice tone="success">
        {done.officersMissing
          ? t('liaison.new.proposed', { until: done.lapsesAt ? moment(done.lapsesAt, language) : '' })
          : t('liaison.new.inForce')}{' '}
        <Link to={done.officersMissing ? '/#proposals' : `/grants/${encodeURIComponent(done.id)}`}>{t('liaison.new.see')}</Link>
      </Notice>
    )
  return (
    <>
      {preview && complete(terms) ? <PreviewOf tried={follows ? { grant: terms, follows: follows.id } : { grant: terms }} terms={terms} /> : null}
      <Failure error={proposed.error ?? superseded.error ?? drafted.error} />
      {drafted.data ? <Notice tone="success">{t('liaison.new.kept')}</Notice> : null}
      <p className="actions">
        <Button
          kind="primary"
          busy={proposed.asking || superseded.asking}
          disabled={!complete(terms)}
          onClick={() =>
            void (follows ? supersede({ grant: follows.id, change: changed(terms, follows.terms), language: api }) : propose({ grant: terms, language: api }))
          }
        >
          {t('liaison.new.propose')}
        </Button>
        {follows ? null : (
          <Button busy={drafted.asking} disabled={!complete(terms)} onClick={() => void draft({ grant: terms, language: api })}>
            {t('liaison.new.keep')}
          </Button>
        )}
      </p>
    </>
  )
}
