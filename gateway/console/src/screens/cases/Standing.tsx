import { useEffect, useState } from 'react'
import { useRead } from '../../api/asked'
import { standingQuestions } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import type { Question } from './AlertCard'
import { left } from './left'
import { Renew, Stop } from './StandingSteps'
import { useReason } from './words'
import './cases.css'

/** What the analyst watches: what each node made of it, how long it still lasts, and ending it. */
export default function Standing() {
  const { t, code } = useTexts()
  const { data, error, asking, again } = useRead(standingQuestions, {})
  const [acting, act] = useState<{ question: Question; renewing: boolean } | null>(null)
  const [now] = useState(() => Date.now())
  const closed = () => {
    act(null)
    again()
  }
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
                  {code('identifierKind', kind)} {identifier ? <Said>{identifier}</Said> : <small>{t('cases.standing.forgotten')}</small>}
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
              show: (each) => <Left question={each} now={now} />,
            },
            {
              key: 'steps',
              title: t('cases.standing.renew'),
              show: (each) =>
                each.state === 'ACTIVE' || each.state === 'SUSPENDED' ? (
                  <span className="actions">
                    <Button kind={each.renewalDue ? 'primary' : 'plain'} onClick={() => act({ question: each, renewing: true })}>
                      {t('cases.standing.renew')}
                    </Button>
                    <Button kind="quiet" onClick={() => act({ question: each, renewing: false })}>
                      {t('cases.standing.stop')}
                    </Button>
                  </span>
                ) : null,
            },
          ]}
        />
      ) : null}
      {acting ? <Step {...acting} onClose={closed} /> : null}
    </>
  )
}

function Step({ question, renewing, onClose }: { question: Question; renewing: boolean; onClose: () => void }) {
  return renewing ? <Renew question={question} onClose={onClose} /> : <Stop question={question} onClose={onClose} />
}

/** How long it still lasts: until it is to be renewed, or to its end. */
function Left({ question, now }: { question: Question; now: number }) {
  const { t, language } = useTexts()
  const { state, renewBy, renewalDue, expiresAt, watchedSince, createdAt } = question
  const rest = state === 'ACTIVE' ? left(renewBy ?? expiresAt, now) : null
  return (
    <>
      {rest ? <strong>{t(rest.key, { count: rest.count })}</strong> : null}
      {renewBy ? <div>{t('cases.standing.due', { by: moment(renewBy, language) })}</div> : null}
      <div>{t('cases.standing.ends', { at: moment(expiresAt, language) })}</div>
      {renewalDue ? <strong className="flag">{t('cases.standing.soon')}</strong> : null}
      {watchedSince === createdAt ? null : <small>{t('cases.standing.gap', { since: moment(watchedSince, language) })}</small>}
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
