import { useRead } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { myRequests } from '../../generated/documents'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

/** What was asked of other nodes' officers, the next deadline first. */
export default function Requests() {
  const { t, code, language } = useTexts()
  const { data, error, asking } = useRead(myRequests, { language: apiLanguage(language) })
  return (
    <>
      <h1>{t('analyst.requests.title')}</h1>
      <Failure error={error} />
      {asking && !data ? <Loading /> : null}
      {data ? (
        <Table
          caption={t('analyst.requests.title')}
          rows={data.myRequests}
          id={({ id }) => id}
          empty={t('analyst.requests.none')}
          columns={[
            { key: 'node', title: t('analyst.column.node'), text: ({ node }) => node, show: ({ node }) => <NodeBadge node={node} /> },
            { key: 'tier', title: t('analyst.request.tier'), text: ({ tier }) => tier, show: ({ tier }) => code('tier', tier.toLowerCase()) },
            { key: 'reason', title: t('analyst.request.reason'), text: ({ reason }) => reason, show: ({ reason }) => code('reason', reason) },
            { key: 'requested', title: t('analyst.requests.requested'), text: ({ requestedAt }) => requestedAt, show: ({ requestedAt }) => <Time at={requestedAt} /> },
            {
              key: 'due',
              title: t('analyst.requests.due'),
              text: ({ dueAt }) => dueAt,
              show: ({ dueAt, overdue }) => (
                <>
                  <Time at={dueAt} /> {overdue ? <strong>{t('analyst.requests.overdue')}</strong> : null}
                </>
              ),
            },
            { key: 'state', title: t('analyst.requests.state'), text: ({ state }) => state, show: ({ state }) => code('itemState', state) },
            {
              key: 'decision',
              title: t('analyst.requests.decision'),
              show: ({ tierGiven, decisionWords, until }) => (
                <>
                  {tierGiven ? code('tier', tierGiven.toLowerCase()) : decisionWords} {until ? <Time at={until} /> : null}
                </>
              ),
            },
          ]}
        />
      ) : null}
    </>
  )
}
