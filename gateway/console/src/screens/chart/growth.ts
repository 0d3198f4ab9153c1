/* The network as it grew: since when each record and link of a chart is known to have been there. */
import type { Contents } from './contents'
import { claimOf } from './contents'
import { bounds, momentsOf } from './dates'
import type { Chart } from './model'
import type { View } from './view'

/** First moments in milliseconds, by record and by link; what has none was there from the beginning. */
export interface Growth {
  readonly since: ReadonlyMap<string, number>
  /** The days on which something appears, first to last, as their first millisecond. */
  readonly days: readonly number[]
}

const DAY = 86_400_000

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const told = times.filter((each) => each !== undefined)
  return told.length ? Math.min(...told) : undefined
}

/** A record appears with its own first date; one without a date with the first dated link or record beside it. */
export function growthOf(chart: Chart, contents: Contents): Growth {
  const of = (handle: string) => {
    const claim = claimOf(contents, handle)
    return claim ? earliest(momentsOf(claim).map(({ at }) => bounds(at)[0])) : undefined
  }
  const own = new Map([...chart.items.keys()].map((handle) => [handle, of(handle)] as const))
  const dated = new Map([...chart.links].map(([id, { handles, tie }]) => [id, tie === 'RECORD' ? earliest(handles.map(of)) : undefined] as const))
  const beside = new Map<string, number[]>()
  for (const [id, { source, target }] of chart.links)
    for (const [one, other] of [[source, target], [target, source]] as const) {
      const time = earliest([dated.get(id), own.get(other)])
      if (time !== undefined) beside.set(one, [...(beside.get(one) ?? []), time])
    }
  const since = new Map<string, number>()
  for (const handle of chart.items.keys()) {
    const time = own.get(handle) ?? earliest(beside.get(handle) ?? [])
    if (time !== undefined) since.set(handle, time)
  }
  for (const [id, { source, target }] of chart.links)
    since.set(id, Math.max(dated.get(id) ?? -Infinity, since.get(source) ?? -Infinity, since.get(target) ?? -Infinity))
  const days = [...since.values()].filter((each) => Number.isFinite(each)).map((each) => Math.floor(each / DAY) * DAY)
  return { since, days: [...new Set(days)].sort((one, other) => one - other) }
}

/** What of a picture was there at the end of a day. */
export function grownTo(view: View, { since }: Growth, day: number): View {
  const there = (ids: readonly string[]) => ids.some((each) => (since.get(each) ?? -Infinity) < day + DAY)
  const nodes = view.nodes.filter(({ handles }) => there(handles))
  const shown = new Set(nodes.map(({ id }) => id))
  return { ...view, nodes, links: view.links.filter(({ source, target, of }) => shown.has(source) && shown.has(target) && there(of)) }
}
