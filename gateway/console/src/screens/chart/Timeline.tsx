import { useMemo, useState } from 'react'
import { Button } from '../../parts/Button'
import { SelectField } from '../../parts/Field'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time, moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { nodeOf } from './contents'
import { bounds, day, within } from './dates'
import { eventsOf, lanesOf, sameDays } from './events'
import type { LanesBy } from './events'
import { Lanes } from './Lanes'
import { Meetings } from './Meetings'
import { spanned } from './model'
import type { Span } from './model'
import { meetings, sightingsOf } from './places'
import { Slider } from './Slider'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'
import { nameOf } from './view'

const DAY = 86_400_000
const MOST_LANES = 12

/** What happened when. A drag, two sliders, or the fields at the side filter all sides to a period. */
export default function Timeline({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t, code, language } = useTexts()
  const { chart, contents, view, act } = desk
  const [by, setBy] = useState<LanesBy>('country')
  const [near, setNear] = useState<Span | null>(null)
  const events = useMemo(() => eventsOf(chart, contents, view), [chart, contents, view])
  const met = useMemo(() => meetings([...chart.items.keys()].flatMap((each) => sightingsOf(contents, each))), [chart, contents])
  if (!events.length) return <p className="empty">{t('chart.timeline.none')}</p>
  const name = (handle: string) => (handle.includes('/') ? nameOf(contents, handle, { t, code }) : handle.toUpperCase() || t('chart.timeline.nobody'))
  const inLanes = new Map<string, (typeof events)[number][]>()
  for (const each of events)
    for (const lane of lanesOf(by, each.handle, chart, contents)) inLanes.set(lane, [...(inLanes.get(lane) ?? []), each])
  const lanes = [...inLanes]
    .sort(([one, all], [other, rest]) => (by === 'country' ? one.localeCompare(other) : rest.length - all.length))
    .slice(0, MOST_LANES)
    .map(([key, all]) => ({ key, name: name(key), events: all }))
  const ends = events.flatMap(({ at }) => bounds(at))
  const [least, most] = [Math.floor(Math.min(...ends) / DAY), Math.floor(Math.max(...ends) / DAY)]
  const place = (at: string, open: number) => (at ? Math.floor(bounds(at)[0] / DAY) : open)
  const [from, until] = [place(chart.span.from, least), place(chart.span.until, most)]
  const span = (one: number, other: number) =>
    act('span', (before) => spanned(before, { from: one <= least ? '' : day(one * DAY), until: other >= most ? '' : day(other * DAY) }))
  const said = (at: number) => moment(day(at * DAY), language)
  const domain = near ? ([bounds(near.from)[0], bounds(near.until)[1]] as const) : ([least * DAY, (most + 1) * DAY] as const)
  const same = sameDays(events)
  return (
    <>
      <div className="actions">
        <SelectField
          label={t('chart.timeline.lanes')}
          value={by}
          options={(['country', 'person'] as const).map((each) => ({ value: each, label: t(`chart.timeline.by.${each}`) }))}
          onChange={setBy}
        />
        <Button disabled={from <= least && until >= most} onClick={() => setNear({ from: day(from * DAY), until: day(until * DAY) })}>
          {t('chart.timeline.zoom')}
        </Button>
        <Button disabled={!near} onClick={() => setNear(null)}>
          {t('chart.timeline.whole')}
        </Button>
      </div>
      <div className="scroll" role="region" aria-label={t('chart.side.timeline')} tabIndex={0}>
        <Lanes
          events={events}
          lanes={lanes}
          span={chart.span}
          domain={domain}
          chosen={chosen.ids}
          same={same.filter((each) => met.every(({ day: on }) => on !== each))}
          met={met}
          onSpan={(wanted) => act('span', (before) => spanned(before, wanted))}
          onChoose={(id) => chosen.choose([id])}
        />
      </div>
      <div className="chart-sliders">
        <Slider label={t('chart.from')} value={from} least={least} most={most} said={said} onSettle={(told) => span(Math.min(told, until), until)} />
        <Slider label={t('chart.until')} value={until} least={least} most={most} said={said} onSettle={(told) => span(from, Math.max(told, from))} />
      </div>
      <p>
        <small>{t('chart.timeline.help')}</small>
      </p>
      {same.length ? <p>{t('chart.timeline.meeting', { days: same.map((each) => moment(each, language)).join(', ') })}</p> : null}
      <Meetings met={met} desk={desk} chosen={chosen} />
      <Table
        caption={t('chart.timeline.list')}
        rows={events}
        id={({ handle, name: property, at }) => `${handle} ${property} ${at}`}
        findable={events.length > 10}
        columns={[
          { key: 'at', title: t('chart.column.when'), text: ({ at }) => at, show: ({ at }) => <Time at={at} /> },
          { key: 'what', title: t('chart.column.moment'), text: (each) => code('property', each.name), show: (each) => code('property', each.name) },
          {
            key: 'name',
            title: t('chart.column.name'),
            text: ({ handle }) => name(handle),
            show: ({ handle, shown: id }) => (id ? <Button onClick={() => chosen.choose([id])}>{name(handle)}</Button> : <Said>{name(handle)}</Said>),
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
