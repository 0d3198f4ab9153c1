import { Link } from 'react-router'
import { useRead } from '../../api/asked'
import { usePerson } from '../../api/session'
import { policyState, reconciliations, witnessState } from '../../generated/documents'
import type { TextKey } from '../../generated/keys'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { SignedIn } from '../shared/SignedIn'

/** How the node stands: its law, its witnesses, its comparisons with others. */
export default function NodeState() {
  const { t, code } = useTexts()
  const law = useRead(policyState, {})
  const witnesses = useRead(witnessState, {})
  const compared = useRead(reconciliations, {})
  const own = usePerson().node
  const others = compared.data?.reconciliations.filter(({ partner }) => partner !== own)
  useTitle(t('admin.node.title'))
  const policy = law.data?.policyState
  const witnessed = witnesses.data?.witnessState
  return (
    <>
      <h1>{t('admin.node.title')}</h1>
      <div className="cards">
        <section className="card" aria-labelledby="law">
          <h2 id="law">{t('admin.node.law')}</h2>
          <Failure error={law.error} />
          {policy ? (
            <dl className="facts">
              <dt>{t('admin.node.engine')}</dt>
              <dd>{policy.engine}</dd>
              <dt>{t('admin.node.revision')}</dt>
              <dd>
                <code>{policy.revision}</code>
              </dd>
            </dl>
          ) : null}
          {policy?.shadow ? <p>{t('admin.node.shadow', policy.shadow)}</p> : null}
        </section>
        <section className={`card status ${witnessed?.freshness === 'FRESH' ? 'answered' : 'refused'}`} aria-labelledby="witnesses">
          <h2 id="witnesses">{t('admin.node.witnesses')}</h2>
          <Failure error={witnesses.error} />
          {witnessed ? (
            <>
              <p>
                <strong>{t(`oversight.overview.${witnessed.freshness}` as TextKey)}</strong>,{' '}
                {t('oversight.overview.last', { seconds: witnessed.seconds })}
              </p>
              <ul className="bare">
                {witnessed.words.map((each) => (
                  <li key={each.witness}>
                    <NodeBadge node={each.witness} /> {code('witnessWord', each.verdict)} <small lang="en">{each.verdict === 'COSIGNED' ? '' : each.detail}</small>
                  </li>
                ))}
              </ul>
            </>
          ) : null}
        </section>
        <section className="card" aria-labelledby="compared">
          <h2 id="compared">{t('admin.node.compared')}</h2>
          <Failure error={compared.error} />
          <ul className="bare">
            {others?.map((each) => (
              <li key={each.partner}>
                <NodeBadge node={each.partner} /> {code('comparison', each.outcome)} <small>({t('admin.node.tried')} <Time at={each.triedAt} />)</small>
              </li>
            ))}
          </ul>
          {others?.length === 0 ? <p>{t('admin.node.none')}</p> : null}
        </section>
      </div>
      <SignedIn everybody />
      <p>
        <Link to="/partners">{t('admin.menu.partners')}</Link>
      </p>
    </>
  )
}
