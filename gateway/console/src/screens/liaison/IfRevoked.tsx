import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { previewBeside } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import type { GrantShown } from './GrantTable'
import { fromGrant, personFor } from './terms'

const DAYS = 90

/** What the end of a grant would take away: records and real questions, as far as the own node can know. */
export function IfRevoked({ grant, own }: { grant: GrantShown; own: string }) {
  const { t } = useTexts()
  const [seen, look] = useStep(previewBeside)
  const partner = grant.recipients.find((each) => each !== own) ?? ''
  const told = seen.data?.preview
  const reached = (counts: readonly { readonly records: number }[]) => counts.reduce((sum, { records }) => sum + records, 0)
  const go = () => {
    const person = personFor(fromGrant(grant, new Date().getTime()), partner)
    void look({ revoke: grant.id, person, samples: 0, days: DAYS })
  }
  return (
    <section className="panel" aria-labelledby="if-revoked">
      <h2 id="if-revoked">{t('liaison.ifRevoked.title')}</h2>
      <p>{t('liaison.ifRevoked.text')}</p>
      <Failure error={seen.error} />
      <div role="status">
        {told ? (
          <ul>
            <li>
              <strong>{t('liaison.ifRevoked.lost', { count: Math.max(0, reached(told.today.counts) - reached(told.then.counts)), partner })}</strong>{' '}
              {told.difference.change ? t('liaison.ifRevoked.less', { count: told.difference.change }) : null}
            </li>
            {told.replay ? <li>{t('liaison.ifRevoked.questions', { count: told.replay.changed })}</li> : null}
            <li>{t('liaison.ifRevoked.charts')}</li>
          </ul>
        ) : null}
      </div>
      <p className="actions">
        <Button busy={seen.asking} disabled={!partner} onClick={go}>
          {t('liaison.ifRevoked.show')}
        </Button>
        <Link className="button" to={`/preview?revoke=${encodeURIComponent(grant.id)}`}>
          {t('liaison.ifRevoked.whole')}
        </Link>
      </p>
    </section>
  )
}
