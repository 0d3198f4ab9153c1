import { scaleUtc } from 'd3-scale'
import { useRef, useState } from 'react'
import type { PointerEvent } from 'react'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { claimOf, nodeOf } from './contents'
import { bounds, day, momentsOf, within } from './dates'
import type { Moment } from './dates'
import { spanned } from './model'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'
import { nameOf } from './view'

const WIDTH = 1000
const LANE = 64
const [LEFT, RIGHT, TOP] = [70, 20, 26]
const DAY = 86_400_000

interface Event extends Moment {
  /** What is drawn of it on the chart: the record, or the bundle that holds it. */
  readonly shown: string | null
}

/** What happened when, a lane for each country. Dragging across it filters all sides; the fields beside do the same. */
export default function Timeline({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t, code, language } = useTexts()
  const { chart, contents, view, act } = desk
  const drawing = useRef<SVGSVGElement>(null)
  const [brush, setBrush] = useState<readonly [number, number] | null>(null)
  const shown = new Map(view.nodes.flatMap(({ id, handles }) => handles.map((each) => [each, id] as const)))
  const told: readonly string[] = [...chart.items.keys(), ...[...chart.links.values()].flatMap(({ handles }) => handles)]
  const events: Event[] = [...new Set(told)]
    .flatMap((handle) => {
      const claim = claimOf(contents, handle)
      return claim ? momentsOf(claim).map((each) => ({ ...each, shown: shown.get(handle) ?? null })) : []
    })
    .sort((one, other) => bounds(one.at)[0] - bounds(other.at)[0])
  const lanes = [...new Set(events.map(({ handle }) => nodeOf(handle).slice(0, 2)))].sort()
  const first = events[0]
  if (!first) return <p className="empty">{t('chart.timeline.none')}</p>
  const ends = events.flatMap(({ at }) => bounds(at))
  const [from, until] = [Math.min(...ends), Math.max(...ends)]
  const spare = Math.max(DAY, (until - from) * 0.04)
  const scale = scaleUtc([new Date(from - spare), new Date(until + spare)], [LEFT, WIDTH - RIGHT])
  const height = TOP + lanes.length * LANE + 28
  const meeting = sameDay(events)
  const timeAt = (event: PointerEvent) => {
    const box = drawing.current?.getBoundingClientRect()
    if (!box) return from
    const x = ((event.clientX - box.left) / box.width) * WIDTH
    return scale.invert(Math.min(WIDTH - RIGHT, Math.max(LEFT, x))).getTime()
  }
  const format = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: '2-digit', timeZone: 'UTC' })
  const lit = brush ?? [chart.span.from ? bounds(chart.span.from)[0] : null, chart.span.until ? bounds(chart.span.until)[1] : null]
  const edge = (time: number | null | undefined, else_: number) => (time === null || time === undefined ? else_ : scale(new Date(time)))
  const [x1, x2] = [edge(lit[0], LEFT), edge(lit[1], WIDTH - RIGHT)].sort((one, other) => one - other)
  return (
    <>
      <div className="scroll" role="region" aria-label={t('chart.side.timeline')} tabIndex={0}>
        <svg
          ref={drawing}
          className="timeline"
          viewBox={`0 0 ${WIDTH} ${height}`}
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
          onPointerUp={(event) => {
            if (!brush) return
            const [one, other] = [brush[0], timeAt(event)].sort((a, b) => a - b)
            setBrush(null)
            if (one !== undefined && other !== undefined && Math.abs(scale(new Date(other)) - scale(new Date(one))) > 6)
              act('span', (before) => spanned(before, { from: day(one), until: day(other) }))
          }}
        >
          {x1 !== undefined && x2 !== undefined ? <rect className="brush" x={x1} y={TOP} width={Math.max(1, x2 - x1)} height={lanes.length * LANE} /> : null}
          {scale.ticks(8).map((tick) => (
            <g key={tick.getTime()} className="tick">
              <line x1={scale(tick)} x2={scale(tick)} y1={TOP} y2={height - 24} />
              <text x={scale(tick)} y={height - 8}>
                {format.format(tick)}
              </text>
            </g>
          ))}
          {lanes.map((country, lane) => (
            <g key={country}>
              <text className="lane" x={12} y={TOP + lane * LANE + LANE / 2 + 5}>
                {country.toUpperCase()}
              </text>
              <line className="lane-line" x1={LEFT} x2={WIDTH - RIGHT} y1={TOP + (lane + 1) * LANE} y2={TOP + (lane + 1) * LANE} />
              {events
                .filter(({ handle }) => nodeOf(handle).startsWith(country))
                .map((each, place) => {
                  const [start, end] = bounds(each.at)
                  const y = TOP + lane * LANE + 12 + (place % 4) * 13
                  const on = each.shown !== null && chosen.ids.has(each.shown)
                  const out = within(each.at, chart.span) ? '' : ' out'
                  return (
                    <rect
                      key={`${each.handle} ${each.name} ${each.at}`}
                      className={`moment node-${country}${on ? ' on' : ''}${out}`}
                      x={scale(new Date(start)) - 4}
                      y={y}
                      width={Math.max(9, scale(new Date(end)) - scale(new Date(start)))}
                      height={9}
                      rx={4}
                    />
                  )
                })}
            </g>
          ))}
          {meeting.map((at) => (
            <text key={at} className="meeting" x={scale(new Date(bounds(at)[0]))} y={18}>
              ◆
            </text>
          ))}
        </svg>
      </div>
      <p>
        <small>{t('chart.timeline.help')}</small>
      </p>
      {meeting.length ? <p>{t('chart.timeline.meeting', { days: meeting.join(', ') })}</p> : null}
      <Table
        caption={t('chart.timeline.list')}
        rows={events}
        id={({ handle, name, at }) => `${handle} ${name} ${at}`}
        findable={events.length > 10}
        columns={[
          { key: 'at', title: t('chart.column.when'), text: ({ at }) => at, show: ({ at }) => <Time at={at} /> },
          { key: 'what', title: t('chart.column.moment'), text: ({ name }) => code('property', name), show: ({ name }) => code('property', name) },
          {
            key: 'name',
            title: t('chart.column.name'),
            text: ({ handle }) => nameOf(contents, handle, { t, code }),
            show: ({ handle, shown: id }) => {
              const name = nameOf(contents, handle, { t, code })
              return id ? <Button onClick={() => chosen.choose([id])}>{name}</Button> : <Said>{name}</Said>
            },
          },
          { key: 'owner', title: t('chart.column.owner'), text: ({ handle }) => nodeOf(handle), show: ({ handle }) => <NodeBadge node={nodeOf(handle)} /> },
          {
            key: 'in',
            title: t('chart.column.inSpan'),
            text: ({ at }) => (within(at, chart.span) ? 1 : 0),
            show: ({ at }) => (within(at, chart.span) ? t('shell.yes') : t('shell.no')),
          },
        ]}
      />
    </>
  )
}

/** Days on which something happened at more than one country; only dates as precise as a day count. */
function sameDay(events: readonly Event[]): readonly string[] {
  const of = new Map<string, Set<string>>()
  for (const { at, handle } of events) {
    if (at.length < 10) continue
    const on = at.slice(0, 10)
    of.set(on, (of.get(on) ?? new Set()).add(nodeOf(handle).slice(0, 2)))
  }
  return [...of].filter(([, countries]) => countries.size > 1).map(([on]) => on).sort()
}
