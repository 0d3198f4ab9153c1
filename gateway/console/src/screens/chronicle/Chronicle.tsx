import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { networkChanges, networkOn, networkReplay, sharedPictures } from '../../generated/documents'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { MandateBar } from '../analyst/MandateBar'
import { CaseMandate } from '../cases/CaseMandate'
import { Changed } from './Changed'
import { OnADay } from './OnADay'
import { QuestionForm } from './QuestionForm'
import { addressOf, pastOf, questionOf } from './question'
import type { Question } from './question'
import { Replay } from './Replay'
import './chronicle.css'

/** A network's past: on a day, step by step, or what differs between two days; asked by one step, never by itself. */
export default function Chronicle() {
  const { t, language } = useTexts()
  const [address, setAddress] = useSearchParams()
  const [asked, ask] = useState(() => questionOf(address, Date.now()))
  const { mandate } = useMandate()
  const { data } = useRead(sharedPictures, {})
  const [on, lookOn] = useStep(networkOn)
  const [replayed, replay] = useStep(networkReplay)
  const [differing, differ] = useStep(networkChanges)
  const pictures = data?.sharedPictures ?? []
  const reference = pictures.find(({ id }) => id === asked.picture)?.case
  const shown = { day: on, replay: replayed, changed: differing }[asked.look]
  const left = Number(address.get('left') ?? '')
  useTitle(t('chronicle.menu'))
  const go = (told: Question) => {
    if (!mandate) return
    ask(told)
    setAddress(addressOf(told), { replace: true })
    const common = { of: pastOf(told), mandate: mandate.id, language }
    if (told.look === 'day') void lookOn({ ...common, day: told.day })
    else if (told.look === 'replay') void replay({ ...common, since: told.since, until: told.until })
    else void differ({ ...common, since: told.since, until: told.until })
  }
  return (
    <>
      <div className="page-head">
        <h1>{t('chronicle.menu')}</h1>
      </div>
      <p>{t('chronicle.lead')}</p>
      <MandateBar />
      {reference ? <CaseMandate reference={reference} /> : null}
      {left > 0 ? <Notice tone="warning">{t('chronicle.left', { count: left })}</Notice> : null}
      <QuestionForm
        asked={asked}
        pictures={pictures}
        busy={shown.asking}
        ready={!!mandate && (!reference || mandate.case === reference)}
        onChange={ask}
        onAsk={go}
      />
      <Failure error={shown.error} />
      {asked.look === 'day' && on.data ? <OnADay told={on.data.networkOn} /> : null}
      {asked.look === 'replay' && replayed.data ? (
        <Replay key={`${replayed.data.networkReplay.since} ${replayed.data.networkReplay.until}`} told={replayed.data.networkReplay} />
      ) : null}
      {asked.look === 'changed' && differing.data ? <Changed told={differing.data.networkChanges} /> : null}
    </>
  )
}
