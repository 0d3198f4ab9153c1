import { useEffect, useRef, useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { myRequests, withdrawFollowUp } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

/** What was asked of other nodes' officers, the next deadline first; what nobody has decided can be withdrawn. */
export default function Requests() {
  const { t, code, language } = useTexts()
  const { data, error, asking, again } = useRead(myRequests, { language: apiLanguage(language) })
  const [withdrawn, withdraw] = useStep(withdrawFollowUp)
  const [chosen, choose] = useState('')
  const done = withdrawn.data?.withdrawFollowUp
  const outcome = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (done) outcome.current?.focus() // the button that was pressed is gone
  }, [done])
  const take = async (id: string) => {
    choose(id)
    await withdraw({ id, language: apiLanguage(language) })
    again()
  }
  return (
    <>
      <h1>{t('analyst.requests.title')}</h1>
      <Failure error={error ?? withdrawn.error} />
      <div ref={outcome} tabIndex={-1}>
        {done ? <Notice tone="success">{t('analyst.requests.withdrawn', { node: done.node })}</Notice> : null}
      </div>
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
            {
              key: 'withdraw',
              title: t('analyst.requests.step'),
              show: ({ id, node, state }) =>
                state === 'OPEN' ? (
                  <Button
                    busy={withdrawn.asking && chosen === id}
                    label={t('analyst.requests.withdrawOf', { node })}
                    onClick={() => void take(id)}
                  >
                    {t('analyst.requests.withdraw')}
                  </Button>
                ) : null,
            },
          ]}
        />
      ) : null}
    </>
  )
}
