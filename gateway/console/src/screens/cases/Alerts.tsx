import { useEffect, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { alerts, seeAlert, standingQuestions } from '../../generated/documents'
import { SelectField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { AlertCard } from './AlertCard'
import { alertsChanged } from './news'
import './cases.css'

const STATES = ['NEW', 'SEEN', 'REJECTED'] as const
type Wanted = 'ALL' | (typeof STATES)[number]

/** What the analyst is told unasked; the one that the address names is opened, and is no longer new. */
export default function Alerts() {
  const { t, code, language } = useTexts()
  const [address, setAddress] = useSearchParams()
  const [wanted, want] = useState<Wanted>('ALL')
  const api = apiLanguage(language)
  const told = useRead(alerts, { language: api })
  const questions = useRead(standingQuestions, {})
  const [seen, see] = useStep(seeAlert)
  const opened = address.get('id')
  const found = told.data?.alerts
  const { again } = told
  const fresh = found?.some((each) => each.id === opened && each.state === 'NEW') ?? false
  useEffect(() => {
    document.title = `${t('cases.alerts.title')} · Entente`
  }, [t])
  useEffect(() => {
    if (!fresh || !opened) return
    void see({ id: opened, language: api }).then((done) => {
      if (!done) return
      again()
      alertsChanged()
    })
  }, [fresh, opened, see, again, api])
  const shown = found?.filter((each) => wanted === 'ALL' || each.state === wanted || each.id === opened) ?? []
  return (
    <>
      <h1>{t('cases.alerts.title')}</h1>
      <Failure error={told.error ?? seen.error} />
      {told.asking && !found ? <Loading /> : null}
      {found?.length === 0 ? <p className="empty">{t('cases.alerts.none')}</p> : null}
      {found?.length ? (
        <>
          <div className="form row">
            <SelectField
              label={t('cases.alerts.state')}
              value={wanted}
              options={[
                { value: 'ALL', label: t('cases.alerts.all') },
                ...STATES.map((each) => ({ value: each, label: code('alertState', each) })),
              ]}
              onChange={want}
            />
          </div>
          {shown.length ? null : <p className="empty">{t('shell.nothing')}</p>}
          <ul className="plain stack">
            {shown.map((each) => (
              <AlertCard
                key={each.id}
                alert={each}
                open={each.id === opened}
                question={questions.data?.standingQuestions.find(({ id }) => each.statements.some(({ source }) => source === id))}
                onOpen={() => setAddress({ id: each.id })}
                onChanged={() => {
                  again()
                  questions.again()
                }}
              />
            ))}
          </ul>
        </>
      ) : null}
    </>
  )
}
