import { useEffect } from 'react'
import { Button } from '../../parts/Button'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { day } from './dates'
import type { Growth } from './growth'
import { Slider } from './Slider'

/** Milliseconds between two days of a replay. */
const PACE = 700

export interface Shown {
  /** The place of the day in the growth's days; `null`: no replay, everything is drawn. */
  readonly at: number | null
  readonly playing: boolean
}

interface Props {
  readonly growth: Growth
  readonly shown: Shown
  readonly records: number
  readonly onShow: (shown: Shown) => void
}

/** The network as it grew, day by day: by the slider, or by itself until it is stopped. */
export function Replay({ growth, shown, records, onShow }: Props) {
  const { t, language } = useTexts()
  const { days } = growth
  const { at, playing } = shown
  const last = days.length - 1
  useEffect(() => {
    if (!playing || at === null) return
    const timer = setTimeout(() => onShow({ at: Math.min(last, at + 1), playing: at + 1 < last }), PACE)
    return () => clearTimeout(timer)
  }, [playing, at, last, onShow])
  if (days.length < 2) return null
  const said = (place: number) => moment(day(days[place] ?? 0), language)
  if (at === null)
    return (
      <p>
        <Button onClick={() => onShow({ at: 0, playing: true })}>{t('chart.replay.start')}</Button>
      </p>
    )
  return (
    <div className="chart-replay" role="group" aria-label={t('chart.replay.title')}>
      <Button onClick={() => onShow(playing ? { at, playing: false } : { at: at < last ? at : 0, playing: true })}>
        {t(playing ? 'chart.replay.pause' : 'chart.replay.play')}
      </Button>
      <Slider
        label={t('chart.replay.until')}
        value={at}
        least={0}
        most={last}
        said={said}
        onSlide={(place) => onShow({ at: place, playing: false })}
        onSettle={(place) => onShow({ at: place, playing: false })}
      />
      <span>{t('chart.records', { count: records })}</span>
      <Button onClick={() => onShow({ at: null, playing: false })}>{t('chart.replay.end')}</Button>
    </div>
  )
}
