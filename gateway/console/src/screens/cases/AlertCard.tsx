import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { rejectAlert } from '../../generated/documents'
import type { alerts, standingQuestions } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import type { ResultOf } from 'gql.tada'
import { CaseMandate, useCaseMandate } from './CaseMandate'
import { mute, useMuted } from './muted'
import { alertsChanged } from './news'
import { OpenCase } from './OpenCase'
import { Renew } from './StandingSteps'

export type Alert = ResultOf<typeof alerts>['alerts'][number]
export type Question = ResultOf<typeof standingQuestions>['standingQuestions'][number]

const REASONS = ['OTHER_PERSON', 'OTHER_HOLDER', 'MISREAD', 'SHARED_BY_MANY', 'NOT_RELEVANT'] as const

interface Props {
  readonly alert: Alert
  readonly open: boolean
  /** The standing question that brought it, if the person still has it. */
  readonly question: Question | undefined
  readonly onOpen: () => void
  readonly onChanged: () => void
}

/** One alert: a sentence; opened, what it rests on, what would disprove it, and how far to believe it. */
export function AlertCard({ alert, open, question, onOpen, onChanged }: Props) {
  const { code, t } = useTexts()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (open) heading.current?.focus()
  }, [open])
  return (
    <li className={`card alert ${alert.state.toLowerCase()}`} data-alert={alert.id}>
      <div className="page-head">
        <span className="badge">{code('alertState', alert.state)}</span>
        <Time at={alert.at} />
      </div>
      <h2 ref={heading} tabIndex={-1}>
        <Said>{alert.sentence}</Said>
      </h2>
      {open ? (
        <AlertDetails alert={alert} question={question} onChanged={onChanged} />
      ) : (
        <p className="actions">
          <Button onClick={onOpen} label={`${t('cases.alerts.show')}: ${alert.sentence}`}>
            {t('cases.alerts.show')}
          </Button>
        </p>
      )}
    </li>
  )
}

function AlertDetails({ alert, question, onChanged }: Pick<Props, 'alert' | 'question' | 'onChanged'>) {
  const { t, code, language } = useTexts()
  const [asking, ask] = useState(false)
  const [rejected, reject] = useStep(rejectAlert)
  const submit = async (reason: string) => {
    if (!(await reject({ id: alert.id, reason, language: apiLanguage(language) }))) return
    alertsChanged()
    onChanged()
  }
  return (
    <>
      {question ? (
        <p>
          {t('cases.alerts.question')}{t('shell.colon')} <Link to="/standing">{code('identifierKind', question.kind)} <Said>{question.identifier ?? t('cases.standing.forgotten')}</Said></Link>{' '}
          ({t('analyst.column.case')} <Said>{question.case}</Said>)
        </p>
      ) : null}
      <h3>{t('cases.alerts.rests')}</h3>
      <ul>
        {alert.statements.map((each) => (
          <li key={`${each.owner} ${each.handle ?? each.source}`}>
            <NodeBadge node={each.owner} /> {each.owner} · {code('tier', tierName(each.tier))} <Marks handling={each.handling} />{' '}
            {each.handle ? (
              <Link to={`/record/${encodeURIComponent(each.handle)}`}>
                {t('cases.alerts.cause')} <Said>{each.handle}</Said>
              </Link>
            ) : (
              t('cases.alerts.noHandle')
            )}
          </li>
        ))}
      </ul>
      <h3>{t('cases.alerts.disproof')}</h3>
      <ul>
        {alert.disproof.map((each) => (
          <li key={each}>
            <Said>{each}</Said>
          </li>
        ))}
      </ul>
      <p>
        <strong>{t('cases.alerts.belief')}{t('shell.colon')}</strong> <Said>{alert.belief}</Said>
      </p>
      {alert.state === 'REJECTED' ? (
        <p>
          {t('cases.alerts.rejected')} {alert.reason ? code('alertReason', alert.reason) : ''} <Time at={alert.changedAt} />
        </p>
      ) : asking ? (
        <fieldset className="choice">
          <legend>{t('cases.alerts.why')}</legend>
          <div className="actions">
            {REASONS.map((each) => (
              <Button key={each} busy={rejected.asking} onClick={() => void submit(each)}>
                {code('alertReason', each)}
              </Button>
            ))}
            <Button kind="quiet" onClick={() => ask(false)}>
              {t('shell.cancel')}
            </Button>
          </div>
        </fieldset>
      ) : (
        <p className="actions">
          <Button onClick={() => ask(true)}>{t('cases.alerts.reject')}</Button>
        </p>
      )}
      <Failure error={rejected.error} />
      {question ? <QuestionSteps alert={alert} question={question} onChanged={onChanged} /> : null}
    </>
  )
}

/** What can be made of an alert: its question renewed or kept quiet, a shared case with what it told of. */
function QuestionSteps({ alert, question, onChanged }: { alert: Alert; question: Question; onChanged: () => void }) {
  const { t } = useTexts()
  const mandate = useCaseMandate(question.case)
  const quiet = useMuted().includes(question.id)
  const [step, take] = useState<'renew' | 'case' | null>(null)
  const handles = alert.statements.flatMap(({ handle }) => (handle ? [handle] : []))
  const lasts = question.state === 'ACTIVE' || question.state === 'SUSPENDED'
  return (
    <>
      <p className="actions">
        {lasts ? <Button onClick={() => take('renew')}>{t('cases.standing.renew')}</Button> : null}
        <Button pressed={quiet} onClick={() => mute(question.id, !quiet)}>
          {t('cases.alerts.mute')}
        </Button>
        <Button onClick={() => take('case')}>{t('cases.alerts.intoCase')}</Button>
      </p>
      {quiet ? <small>{t('cases.alerts.muted')}</small> : null}
      {step === 'case' && !mandate ? <CaseMandate reference={question.case} /> : null}
      {step === 'case' && mandate ? (
        <OpenCase mandate={mandate} handles={handles} title={question.identifier ?? question.case} onClose={() => take(null)} />
      ) : null}
      {step === 'renew' ? (
        <Renew
          question={question}
          onClose={() => {
            take(null)
            onChanged()
          }}
        />
      ) : null}
    </>
  )
}

/** `T0`…`T3`, as alerts name tiers, by the names of `code.tier`. */
function tierName(tier: string): string {
  return { T0: 'hit', T1: 'contact', T2: 'core', T3: 'record' }[tier] ?? tier
}
