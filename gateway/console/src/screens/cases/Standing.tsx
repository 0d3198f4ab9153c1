import { useEffect, useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { standingQuestions, stopWatching } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import type { Question } from './AlertCard'
import { left } from './left'
import { useReason } from './words'
import './cases.css'

/** What the analyst watches: what each node made of it, how long it still lasts, and ending it. */
export default function Standing() {
  const { t, code } = useTexts()
  const { data, error, asking, again } = useRead(standingQuestions, {})
  const [stopping, stop] = useState<Question | null>(null)
  const [now] = useState(() => Date.now())
  useEffect(() => {
    document.title = `${t('cases.standing.title')} · Entente`
  }, [t])
  return (
    <>
      <h1>{t('cases.standing.title')}</h1>
      <p className="lead">{t('cases.standing.lead')}</p>
      <MandateBar />
      <Failure error={error} />
      {asking && !data ? <Loading /> : null}
      {data ? (
        <Table
          caption={t('cases.standing.title')}
          rows={data.standingQuestions}
          id={({ id }) => id}
          empty={t('cases.alerts.none')}
          columns={[
            {
              key: 'what',
              title: t('cases.standing.what'),
              text: ({ kind, identifier }) => `${kind} ${identifier ?? ''}`,
              show: ({ kind, identifier }) => (
                <>
                  {kind} {identifier ? <Said>{identifier}</Said> : <small>{t('cases.standing.forgotten')}</small>}
                </>
              ),
            },
            { key: 'case', title: t('analyst.column.case'), text: (each) => each.case, show: (each) => <Said>{each.case}</Said> },
            { key: 'nodes', title: t('cases.standing.nodes'), show: (each) => <AtNodes question={each} /> },
            { key: 'state', title: t('cases.cases.state'), text: ({ state }) => state, show: ({ state }) => code('standingState', state) },
            {
              key: 'left',
              title: t('cases.standing.left'),
              text: ({ expiresAt }) => expiresAt,
              show: ({ state, expiresAt }) => <Left until={state === 'ACTIVE' ? expiresAt : ''} at={expiresAt} now={now} />,
            },
            {
              key: 'stop',
              title: t('cases.standing.stop'),
              show: (each) =>
                each.state === 'ACTIVE' ? <Button onClick={() => stop(each)}>{t('cases.standing.stop')}</Button> : null,
            },
          ]}
        />
      ) : null}
      {stopping ? (
        <Stop
          question={stopping}
          onClose={() => {
            stop(null)
            again()
          }}
        />
      ) : null}
    </>
  )
}

function Left({ until, at, now }: { until: string; at: string; now: number }) {
  const { t } = useTexts()
  const rest = left(until, now)
  return (
    <>
      {rest ? `${t(rest.key, { count: rest.count })} · ` : ''}
      <Time at={at} />
    </>
  )
}

function AtNodes({ question }: { question: Question }) {
  const { code } = useTexts()
  const reason = useReason()
  return (
    <ul className="plain">
      {question.nodes.map((each) => (
        <li key={each.node}>
          <NodeBadge node={each.node} /> {code('standingAt', each.state)} {each.reason ? `(${reason(each.reason)})` : ''}
        </li>
      ))}
    </ul>
  )
}

function Stop({ question, onClose }: { question: Question; onClose: () => void }) {
  const { t } = useTexts()
  const [stopped, stop] = useStep(stopWatching)
  return (
    <Dialog open title={t('cases.standing.stop')} onClose={onClose}>
      {stopped.data ? (
        <Notice tone="success">{t('cases.standing.stopped')}</Notice>
      ) : (
        <>
          <p>
            <Said>{question.identifier}</Said>. {t('cases.standing.stopText')}
          </p>
          <Failure error={stopped.error} />
          <p className="actions">
            <Button kind="danger" busy={stopped.asking} onClick={() => void stop({ id: question.id })}>
              {t('cases.standing.stop')}
            </Button>
            <Button onClick={onClose}>{t('shell.cancel')}</Button>
          </p>
        </>
      )}
    </Dialog>
  )
}
