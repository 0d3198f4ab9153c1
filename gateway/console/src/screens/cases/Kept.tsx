import { useEffect } from 'react'
import { useRead, useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { keptRecords, viewKept } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import { RecordFacts } from '../analyst/RecordPage'
import { useReason } from './words'
import './cases.css'

/** What is kept for the mandate's case: handles under a lease; viewing one asks its node anew. */
export default function Kept() {
  const { t, code } = useTexts()
  const reason = useReason()
  const { mandate } = useMandate()
  const { data, error, asking } = useRead(keptRecords, mandate ? { mandate: mandate.id } : null)
  const [viewed, view] = useStep(viewKept)
  const told = viewed.data?.viewKept
  const claim = told?.picture?.claims.find((each) => each.handle === told.kept.handle)
  useEffect(() => {
    document.title = `${t('cases.kept.title')} · Entente`
  }, [t])
  return (
    <>
      <h1>{t('cases.kept.title')}</h1>
      <p className="lead">{t('cases.kept.lead')}</p>
      <MandateBar />
      <Failure error={error} />
      {asking && !data ? <Loading /> : null}
      {data && mandate ? (
        <Table
          caption={t('cases.kept.title')}
          rows={data.keptRecords}
          id={({ id }) => id}
          empty={t('cases.kept.none')}
          columns={[
            { key: 'node', title: t('analyst.column.node'), text: ({ node }) => node, show: ({ node }) => <NodeBadge node={node} /> },
            {
              key: 'handle',
              title: t('analyst.column.name'),
              text: ({ handle }) => handle,
              show: ({ handle, version }) => (
                <>
                  <Said>{handle}</Said> <small>{`${t('analyst.record.version')} ${version}`}</small>
                </>
              ),
            },
            { key: 'marks', title: t('analyst.column.marks'), show: ({ handling }) => <Marks handling={handling} /> },
            {
              key: 'state',
              title: t('cases.cases.state'),
              text: ({ state }) => state,
              show: ({ state, reason: why }) => (
                <>
                  {code('lease', state)} {why ? <small>({reason(why)})</small> : null}
                </>
              ),
            },
            { key: 'kept', title: t('cases.kept.at'), text: ({ keptAt }) => keptAt, show: ({ keptAt }) => <Time at={keptAt} /> },
            { key: 'until', title: t('cases.kept.until'), text: ({ until }) => until, show: ({ until }) => <Time at={until} /> },
            {
              key: 'view',
              title: t('cases.kept.view'),
              show: ({ id, handle }) => (
                <Button busy={viewed.asking} label={`${t('cases.kept.view')}: ${handle}`} onClick={() => void view({ id, mandate: mandate.id })}>
                  {t('cases.kept.view')}
                </Button>
              ),
            },
          ]}
        />
      ) : null}
      <Failure error={viewed.error} />
      {told && !claim ? (
        <Notice tone="warning">
          <Said>{told.kept.handle}</Said>. {t('cases.kept.stub', { reason: reason(told.kept.reason) || code('lease', told.kept.state) })}
        </Notice>
      ) : null}
      {claim ? (
        <section className="stack" aria-labelledby="viewed">
          <h2 id="viewed">
            <Said>{claim.record.caption ?? claim.handle}</Said>
          </h2>
          <RecordFacts claim={claim} {...(told?.picture ? { query: told.picture.queryId } : {})} />
        </section>
      ) : null}
    </>
  )
}
