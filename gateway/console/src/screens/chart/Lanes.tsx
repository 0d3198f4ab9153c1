import { scaleUtc } from 'd3-scale'
import { useRef, useState } from 'react'
import type { PointerEvent } from 'react'
import { useTexts } from '../../shell/texts'
import { nodeOf } from './contents'
import { bounds, day, within } from './dates'
import type { Event } from './events'
import type { Span } from './model'
import type { Meeting } from './places'
import { gaps, rowsFor } from './rows'

const WIDTH = 1000
const [LEFT, RIGHT, TOP] = [132, 20, 34]
const [ROW, ROWS] = [13, 6]
const LEAST_GAP = 0.15
const DAY = 86_400_000

interface Props {
  readonly events: readonly Event[]
  readonly lanes: readonly { readonly key: string; readonly name: string; readonly events: readonly Event[] }[]
  readonly span: Span
  readonly domain: readonly [number, number]
  readonly chosen: ReadonlySet<string>
  readonly same: readonly string[]
  readonly met: readonly Meeting[]
  readonly onSpan: (span: Span) => void
  readonly onChoose: (id: string) => void
}

/** The picture of the timeline. A drag across it is a period; the list below says all of it. */
export function Lanes({ events, lanes, span, domain, chosen, same, met, onSpan, onChoose }: Props) {
  const { t, language } = useTexts()
  const drawing = useRef<SVGSVGElement>(null)
  const [brush, setBrush] = useState<readonly [number, number] | null>(null)
  const spare = Math.max(DAY / 2, (domain[1] - domain[0]) * 0.02)
  const scale = scaleUtc([new Date(domain[0] - spare), new Date(domain[1] + spare)], [LEFT, WIDTH - RIGHT]).clamp(true)
  const at = (time: number) => scale(new Date(time))
  const seen = ({ at: when }: Event) => bounds(when)[1] >= domain[0] - spare && bounds(when)[0] <= domain[1] + spare
  const box = ({ at: when }: Event) => {
    const [start, end] = bounds(when)
    return { x1: at(start) - 5, x2: at(start) + Math.max(5, at(end) - at(start)) }
  }
  const sizes = lanes.map(({ events: all }) => {
    const here = all.filter(seen)
    const rows = rowsFor(here.map(box), ROWS)
    return { here, rows, height: 14 + ROW * Math.max(2, ...rows.map((row) => row + 1)) }
  })
  const drawn = lanes.map(({ key, name }, lane) => ({
    key, name, here: sizes[lane]?.here ?? [], rows: sizes[lane]?.rows ?? [], height: sizes[lane]?.height ?? 0,
    y: sizes.slice(0, lane).reduce((sum, { height }) => sum + height, TOP),
  }))
  const bottom = sizes.reduce((sum, { height }) => sum + height, TOP)
  const timeAt = (event: PointerEvent) => {
    const around = drawing.current?.getBoundingClientRect()
    const x = around ? ((event.clientX - around.left) / around.width) * WIDTH : LEFT
    return scale.invert(Math.min(WIDTH - RIGHT, Math.max(LEFT, x))).getTime()
  }
  const lit = brush ?? [span.from ? bounds(span.from)[0] : domain[0] - spare, span.until ? bounds(span.until)[1] : domain[1] + spare]
  const [x1 = LEFT, x2 = LEFT] = lit.map(at).sort((one, other) => one - other)
  const years = new Date(domain[0]).getUTCFullYear() !== new Date(domain[1]).getUTCFullYear()
  const hours = domain[1] - domain[0] < 3 * DAY
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric', month: 'short', timeZone: 'UTC', ...(years ? { year: 'numeric' } : {}), ...(hours ? { hour: '2-digit', minute: '2-digit' } : {}),
  })
  return (
    <svg
      ref={drawing}
      className="timeline"
      viewBox={`0 0 ${WIDTH} ${bottom + 28}`}
      role="img"
      aria-label={t('chart.timeline.picture', { count: events.length })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        const time = timeAt(event)
        setBrush([time, time])
      }}
      onPointerMove={(event) => {
        if (brush) setBrush([brush[0], timeAt(event)])
      }}
      onPointerCancel={() => setBrush(null)}
      onPointerUp={(event) => {
        if (!brush) return
        const [one = 0, other = 0] = [brush[0], timeAt(event)].sort((a, b) => a - b)
        setBrush(null)
        if (at(other) - at(one) > 6) onSpan({ from: day(one), until: day(other) })
        else {
          const under = document.elementsFromPoint(event.clientX, event.clientY).find((each) => each instanceof SVGElement && each.dataset['shown'])
          const id = under instanceof SVGElement ? under.dataset['shown'] : undefined
          if (id) onChoose(id)
        }
      }}
    >
      <rect className="brush" x={x1} y={TOP} width={Math.max(1, x2 - x1)} height={bottom - TOP} />
      {scale.ticks(7).map((tick) => (
        <g key={tick.getTime()} className="tick">
          <line x1={scale(tick)} x2={scale(tick)} y1={TOP} y2={bottom + 6} />
          <text x={scale(tick)} y={bottom + 20}>
            {format.format(tick)}
          </text>
        </g>
      ))}
      {gaps(events.filter(seen).map(({ at: when }) => bounds(when)), LEAST_GAP).map(([from, until]) => (
        <text key={from} className="gap" x={(at(from) + at(until)) / 2} y={TOP - 8}>
          {t('chart.timeline.gap', { count: Math.round((until - from) / DAY) })}
        </text>
      ))}
      {[...same.map((each) => Date.parse(each)), ...met.map((each) => Date.parse(each.day))].map((time, place) => (
        <line key={`${place} ${time}`} className="both" x1={at(time + DAY / 2)} x2={at(time + DAY / 2)} y1={TOP - 4} y2={bottom} />
      ))}
      {drawn.map(({ key, name, here, rows, y, height }) => (
        <g key={key}>
          <text className="lane" x={12} y={y + height / 2 + 5}>
            {name.length > 16 ? `${name.slice(0, 15)}…` : name}
          </text>
          <line className="lane-line" x1={12} x2={WIDTH - RIGHT} y1={y + height} y2={y + height} />
          {here.map((each, place) => {
            const { x1: left, x2: right } = box(each)
            const on = each.shown !== null && chosen.has(each.shown)
            return (
              <rect
                key={`${each.handle} ${each.name} ${each.at}`}
                className={`moment node-${nodeOf(each.handle).slice(0, 2)}${on ? ' on' : ''}${within(each.at, span) ? '' : ' out'}`}
                data-shown={each.shown ?? undefined}
                x={left}
                y={y + 8 + (rows[place] ?? 0) * ROW}
                width={right - left}
                height={10}
                rx={4}
              />
            )
          })}
        </g>
      ))}
      {same.map((each) => (
        <path key={each} className="same-day" transform={`translate(${at(Date.parse(each) + DAY / 2)} ${TOP - 11})`} d="M0-7 7 0 0 7-7 0Z" />
      ))}
      {met.map(({ day: on, one, other }) => (
        <g key={`${on} ${one.handle} ${other.handle}`} className="met" transform={`translate(${at(Date.parse(on) + DAY / 2)} ${TOP - 11})`}>
          <circle cx={-4} r={7} />
          <circle cx={4} r={7} />
        </g>
      ))}
    </svg>
  )
}
