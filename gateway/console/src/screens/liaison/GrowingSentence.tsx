import { useEffect } from 'react'
import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { draftGrant, supersedeGrant } from '../../generated/documents'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { Sentence } from './Sentence'
import { changed, complete } from './terms'
import type { Before, Terms } from './terms'

const PAUSE = 400

/** What the node would say of the terms as they are now: its own dry run, which keeps and logs nothing. */
export function GrowingSentence({ terms, follows }: { terms: Terms; follows?: Before }) {
  const { t, language } = useTexts()
  const [drafted, draft] = useStep(draftGrant)
  const [superseded, supersede] = useStep(supersedeGrant)
  const api = apiLanguage(language)
  const whole = complete(terms)
  useEffect(() => {
    if (!whole) return
    const later = setTimeout(() => {
      if (follows) void supersede({ grant: follows.id, change: changed(terms, follows.terms), dryRun: true, language: api })
      else void draft({ grant: terms, dryRun: true, language: api })
    }, PAUSE)
    return () => clearTimeout(later)
  }, [whole, terms, follows, api, draft, supersede])
  const step = follows ? superseded.data?.supersedeGrant : drafted.data?.draftGrant
  const error = follows ? superseded.error : drafted.error
  return (
    <aside className="panel growing" aria-labelledby="growing">
      <h2 id="growing">{t('liaison.new.sentence')}</h2>
      {whole ? <Failure error={error} /> : null}
      <div aria-live="polite">
        {whole && step ? <Sentence>{step.grant.sentence}</Sentence> : <p className="empty">{t('liaison.new.unfinished')}</p>}
      </div>
      {whole && step ? (
        <>
          {step.narrows ? (
            <p>{t('liaison.new.narrows')}</p>
          ) : (
            <p>{t('liaison.new.proposeHint', { count: Math.max(1, step.officersMissing - (follows ? 0 : 1)) })}</p>
          )}
          {step.overlapping.length ? (
            <>
              <h3>{t('liaison.new.overlaps')}</h3>
              <ul>
                {step.overlapping.map(({ ref, tier }) => (
                  <li key={ref}>
                    <Link to={`/grants/${encodeURIComponent(ref.split('@')[0] ?? '')}`} target="_blank">
                      {ref}
                    </Link>{' '}
                    {tier}
                  </li>
                ))}
              </ul>
            </>
          ) : null}
        </>
      ) : null}
    </aside>
  )
}
