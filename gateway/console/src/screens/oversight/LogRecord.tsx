import { useParams } from 'react-router'
import { useStep } from '../../api/asked'
import { logExplanation, logRecord, openIdentity } from '../../generated/documents'
import type { TextKey } from '../../generated/keys'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { Explanation } from './Explanation'
import { Why, useWhy } from '../../parts/Why'

/** One exchange in plain words, with the receipts of both nodes. */
export default function LogRecord() {
  const { t, code } = useTexts()
  const queryId = useParams()['query'] ?? ''
  const why = useWhy()
  const [read, look] = useStep(logRecord)
  const [explained, explain] = useStep(logExplanation)
  const [identity, open] = useStep(openIdentity)
  useTitle(t('oversight.record.title'))
  const record = read.data?.logRecord
  const person = identity.data?.openIdentity
  const fact = (name: string, value: string) => {
    const kinds: Record<string, string> = { purpose: 'purpose', legal_basis: 'basis', subject_category: 'category', offence: 'offence', aim: 'aim', tier: 'tier' }
    const kind = kinds[name]
    return kind ? code(kind, value) : value
  }
  return (
    <>
      <h1>
        {t('oversight.record.title')} <small>{queryId}</small>
      </h1>
      <Why />
      <p className="actions">
        <Button kind="primary" busy={read.asking} disabled={!why} onClick={() => void look({ justification: why, queryId })}>
          {t('oversight.record.show')}
        </Button>
        <Button busy={explained.asking} disabled={!why} onClick={() => void explain({ justification: why, queryId })}>
          {t('oversight.record.explain')}
        </Button>
        {why ? null : <small>{t('oversight.why.needed')}</small>}
      </p>
      <Failure error={read.error ?? explained.error ?? identity.error} />
      {person ? (
        <Notice tone="warning">
          {t('oversight.record.identityIs', { index: person.index, name: person.name ?? person.subject ?? '—', unit: person.unit ?? '—', case: person.case ?? '—' })}
        </Notice>
      ) : null}
      {record?.open ? <Notice tone="warning">{t('oversight.record.open')}</Notice> : null}
      {record?.asked.map((each) => (
        <section key={each.index} className="panel" aria-labelledby={`asked-${each.index}`}>
          <h2 id={`asked-${each.index}`}>
            {each.partner
              ? t('oversight.record.received', { partner: each.partner, asker: each.asker.slice(0, 14), unit: each.unit ?? '—' })
              : t('oversight.record.asked', { asker: each.asker.slice(0, 14), unit: each.unit ?? '—', nodes: each.nodes.join(', ') })}
          </h2>
          <p>
            <Time at={each.at} /> {each.selfLookup ? <strong className="badge h1">{t('oversight.search.self')}</strong> : null}
          </p>
          {(['what', 'why'] as const).map((part) => (
            <div key={part}>
              <h3>{t(`oversight.record.${part}`)}</h3>
              <dl className="facts">
                {each[part].map(({ name, value }) => (
                  <div key={name} className="pair">
                    <dt>{code('fact', name)}</dt>
                    <dd>
                      <Said>{fact(name, value)}</Said>
                    </dd>
                  </div>
                ))}
              </dl>
            </div>
          ))}
          {each.sealed ? (
            <p className="actions">
              <Button kind="danger" busy={identity.asking} disabled={!why} onClick={() => void open({ index: each.index, justification: why })}>
                {t('oversight.record.identity')}
              </Button>
              <small>{t('oversight.record.identityText')}</small>
            </p>
          ) : null}
        </section>
      ))}
      {record ? (
        <>
          <Table
            caption={t('oversight.record.outcomes')}
            rows={record.outcomes}
            id={({ index }) => String(index)}
            columns={[
              { key: 'node', title: t('oversight.column.where'), show: ({ node }) => <NodeBadge node={node} /> },
              { key: 'at', title: t('oversight.column.when'), show: ({ at }) => <Time at={at} /> },
              {
                key: 'status',
                title: t('oversight.column.outcome'),
                show: ({ status, reasons }) => (
                  <>
                    {code('status', status)} <small>{reasons.map((each) => t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each })).join('; ')}</small>
                  </>
                ),
              },
              { key: 'results', title: t('oversight.column.results'), numeric: true, show: ({ results }) => results ?? '—' },
              {
                key: 'receipt',
                title: t('oversight.record.receipt'),
                show: ({ receipt, node, counterpartLeaf }) => (
                  <>
                    {t(`oversight.record.${receipt}` as TextKey, { node })} <small>{counterpartLeaf?.slice(0, 22)}</small>
                  </>
                ),
              },
            ]}
          />
          <Table
            caption={t('oversight.record.entries')}
            rows={record.entries}
            id={({ index }) => String(index)}
            columns={[
              { key: 'index', title: t('oversight.column.index'), numeric: true, show: ({ index }) => index },
              { key: 'kind', title: t('oversight.column.what'), show: ({ kind }) => code('entry', kind) },
              { key: 'at', title: t('oversight.column.when'), show: ({ at }) => <Time at={at} /> },
              { key: 'proof', title: t('oversight.menu.integrity'), show: ({ proof }) => t(`oversight.record.${proof}` as TextKey) },
              {
                key: 'leaf',
                title: 'JSON',
                show: ({ leaf, leafHash }) => (
                  <details>
                    <summary>{leafHash.slice(0, 16)}</summary>
                    <pre className="leaf">{leaf}</pre>
                  </details>
                ),
              },
            ]}
          />
        </>
      ) : null}
      {explained.data ? <Explanation told={explained.data.logExplanation} /> : null}
    </>
  )
}
