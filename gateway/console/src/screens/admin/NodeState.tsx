import { useRead } from '../../api/asked'
import { partners, policyState, reconciliations, witnessState } from '../../generated/documents'
import type { TextKey } from '../../generated/keys'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

/** How the node stands: its law, its witnesses, the nodes it knows. */
export default function NodeState() {
  const { t } = useTexts()
  const law = useRead(policyState, {})
  const witnesses = useRead(witnessState, {})
  const known = useRead(partners, {})
  const compared = useRead(reconciliations, {})
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
                    <NodeBadge node={each.witness} /> {each.verdict} <small>{each.detail}</small>
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
            {compared.data?.reconciliations.map((each) => (
              <li key={each.partner}>
                <NodeBadge node={each.partner} /> {each.outcome} <Time at={each.triedAt} />
              </li>
            ))}
          </ul>
          {compared.data?.reconciliations.length === 0 ? <p>{t('admin.node.none')}</p> : null}
        </section>
      </div>
      <Failure error={known.error} />
      {known.data ? (
        <Table
          caption={t('admin.node.partners')}
          rows={known.data.partners}
          id={({ id }) => id}
          columns={[
            { key: 'node', title: t('shared.profile.node'), text: ({ id }) => id, show: ({ id }) => <>{<NodeBadge node={id} />} {id}</> },
            { key: 'name', title: t('admin.node.name'), text: ({ name }) => name, show: ({ name }) => <Said>{name}</Said> },
            { key: 'country', title: t('admin.node.country'), text: ({ country }) => country, show: ({ country }) => country },
            { key: 'spoc', title: t('admin.node.contact'), text: ({ spoc }) => spoc, show: ({ spoc }) => <Said>{spoc}</Said> },
          ]}
        />
      ) : null}
    </>
  )
}
