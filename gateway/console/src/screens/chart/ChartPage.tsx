import { useEffect, useMemo } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { usePerson } from '../../api/session'
import { waiting } from '../../api/chart'
import { Button } from '../../parts/Button'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import { ChartDesk } from './ChartDesk'
import { forget, listed, placeOf } from './kept'
import './chart.css'

const WELL_FORMED = /^[a-z0-9-]{1,40}$/

/** One chart; without a name in the address the last one, or a first. */
export default function ChartPage() {
  const { t, language } = useTexts()
  const person = usePerson()
  const go = useNavigate()
  const place = useMemo(() => placeOf(person), [person])
  const told = useParams()['id'] ?? ''
  const id = WELL_FORMED.test(told) ? told : ''
  const charts = listed(place)
  useEffect(() => {
    document.title = `${t('chart.title')} · Entente`
  }, [t])
  useEffect(() => {
    if (!id) void go(`/chart/${listed(place)[0]?.id ?? newName()}`, { replace: true })
  }, [id, place, go])
  if (!id) return null
  return (
    <>
      <div className="page-head">
        <h1>{t('chart.title')}</h1>
        <details className="drop">
          <summary className="button">{t('chart.charts')}</summary>
          <div className="drop-list">
            <ul className="plain">
              {charts.map((each) => (
                <li key={each.id}>
                  <Link to={`/chart/${each.id}`} aria-current={each.id === id ? 'page' : undefined}>
                    {moment(each.at, language)} · {t('chart.records', { count: each.items })}
                  </Link>
                </li>
              ))}
            </ul>
            <Button onClick={() => void go(`/chart/${newName()}`)}>{t('chart.new')}</Button>
            <Button
              kind="danger"
              onClick={() => {
                forget(place, id)
                void go(`/chart/${newName()}`)
              }}
            >
              {t('chart.forget')}
            </Button>
          </div>
        </details>
        <small>{t('chart.keeps')}</small>
      </div>
      <MandateBar />
      <ChartDesk key={id} id={id} waits={waiting()} />
    </>
  )
}

function newName(): string {
  return `c-${Date.now().toString(36)}`
}
