import type { ResultOf } from 'gql.tada'
import type { logExplanation } from '../../generated/texts'
import { NodeBadge } from '../../parts/Marks'
import { useTexts } from '../../shell/texts'

type Told = ResultOf<typeof logExplanation>['logExplanation']

/** Which grants and rules decided on a question, and whether they would decide alike today. */
export function Explanation({ told }: { told: Told }) {
  const { t, code } = useTexts()
  const reason = (each: string) => t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each })
  return (
    <section className="panel" aria-labelledby="explanation">
      <h2 id="explanation">{t('oversight.record.explain')}</h2>
      {told.asked ? (
        <ul>
          {told.asked.nodes.map((each) => (
            <li key={each.node}>
              <NodeBadge node={each.node} /> {code('status', each.status)}{t('shell.colon')} {each.reasons.map(reason).join('; ') || each.grants.join(', ')}
            </li>
          ))}
        </ul>
      ) : null}
      {told.answered.map((each) => (
        <div key={each.index}>
          <h3>
            <NodeBadge node={each.partner} /> {each.outcome ? code('status', each.outcome.status) : '—'}{' '}
            {each.outcome ? code('tier', each.outcome.tier) : ''}
          </h3>
          <ul>
            {each.outcome?.reasons.map((one) => (
              <li key={`${one.code} ${one.rule ?? ''}`}>
                {reason(one.code)} <small>{one.rule}</small>
              </li>
            ))}
            {each.grants.map((one) => (
              <li key={one.grant}>
                <code>{one.grant}</code>: {code('tier', one.tier)}{' '}
                <small>{[...one.reasons, ...one.rowRules].map(({ rule, code: said }) => rule ?? said).join(', ')}</small>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
