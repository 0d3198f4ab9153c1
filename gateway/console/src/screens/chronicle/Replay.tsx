import { useEffect, useMemo, useState } from 'react'
import { Button } from '../../parts/Button'
import { Said } from '../../parts/Said'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { Slider } from '../chart/Slider'
import { Drawing } from './Drawing'
import { standingAfter } from './steps'
import type { Tie } from './steps'
import { KnownSince, Source, Told } from './Told'
import type { Happened, ReplayTold } from './told'
import { useStill } from './useStill'

/** Milliseconds between two steps. */
const PACE = 1500

/** What happened, in the order of time: step by step, by itself until it is stopped, or by the slider. */
export function Replay({ told }: { told: ReplayTold }) {
  const { t, language } = useTexts()
  const { events } = told
  const [taken, take] = useState(0)
  const [playing, play] = useState(false)
  const still = useStill()
  const last = events.length
  useEffect(() => {
    if (!playing) return
    const timer = setTimeout(() => {
      take(Math.min(last, taken + 1))
      if (taken + 1 >= last) play(false)
    }, PACE)
    return () => clearTimeout(timer)
  }, [playing, taken, last])
  const all = useMemo(() => everDrawn(events), [events])
  const go = (place: number) => {
    play(false)
    take(Math.max(0, Math.min(last, place)))
  }
  const now = events[taken - 1]
  const said = (place: number) => {
    const at = events[place - 1]
    return at ? t('chronicle.replay.stepOf', { step: place, steps: last, day: moment(at.told.split('/')[0] ?? at.told, language) }) : t('chronicle.replay.start')
  }
  return (
    <Told told={told} handles={events.map(({ fact }) => fact.handle)}>
      <h2>{t('chronicle.between', { since: moment(told.since, language), until: moment(told.until, language) })}</h2>
      {last ? (
        <>
          <div className="past-steps" role="group" aria-label={t('chronicle.replay.title')}>
            <Button disabled={taken === 0} onClick={() => go(taken - 1)}>
              {t('chronicle.replay.back')}
            </Button>
            {still ? null : (
              <Button
                onClick={() => {
                  if (!playing && taken === last) take(0)
                  play(!playing)
                }}
              >
                {t(playing ? 'chronicle.replay.pause' : 'chronicle.replay.play')}
              </Button>
            )}
            <Button kind="primary" disabled={taken === last} onClick={() => go(taken + 1)}>
              {t('chronicle.replay.forward')}
            </Button>
            <Slider label={t('chronicle.replay.at')} value={taken} least={0} most={last} said={said} onSlide={go} onSettle={go} />
          </div>
          {still ? <small>{t('chronicle.replay.still')}</small> : null}
          <p className="past-now" role="status">
            {now ? <Sentence event={now} /> : t('chronicle.replay.before')}
          </p>
          <Drawing things={told.things} ties={standingAfter(events, taken)} all={all} />
          <section className="panel" aria-labelledby="past-list">
            <h3 id="past-list">{t('chronicle.replay.list')}</h3>
            <ol className="past-list">
              {events.map((each, place) => (
                <li key={`${place} ${each.fact.handle}`} aria-current={place === taken - 1 ? 'step' : undefined} data-step={each.step}>
                  <Button kind="quiet" onClick={() => go(place + 1)}>
                    <Sentence event={each} />
                  </Button>{' '}
                  <Appearing event={each} told={told} />
                  <small>
                    <Source fact={each.fact} /> · {t('chronicle.column.known')}{t('shell.colon')} <KnownSince fact={each.fact} />
                  </small>
                </li>
              ))}
            </ol>
          </section>
        </>
      ) : (
        <p className="empty">{t('chronicle.none.between')}</p>
      )}
    </Told>
  )
}

function Sentence({ event }: { event: Happened }) {
  const { t } = useTexts()
  return (
    <>
      <Said>{event.sentence}</Said>
      {event.state === 'UNCERTAIN' ? (
        <>
          {' '}
          <span className="badge past-perhaps">{t('chronicle.perhaps')}</span>
        </>
      ) : null}
    </>
  )
}

/** Who or what no dated record names before. */
function Appearing({ event, told }: { event: Happened; told: ReplayTold }) {
  const { t } = useTexts()
  if (!event.appears.length) return null
  const names = told.things.filter(({ place }) => event.appears.includes(place)).map(({ caption }) => caption)
  return (
    <p className="past-appears">
      {t('chronicle.replay.appears')}{t('shell.colon')} <Said>{names.join(', ')}</Said>
    </p>
  )
}

/** Every tie that some step draws: where things stand must not change on the way. */
function everDrawn(events: readonly Happened[]): readonly Tie[] {
  const found = new Map<string, Tie>()
  for (let taken = 0; taken <= events.length; taken += 1) for (const each of standingAfter(events, taken)) found.set(each.id, each)
  return [...found.values()]
}
