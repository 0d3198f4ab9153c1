import type { Contents } from './contents'
import { claimOf, nodeOf, schemaOf } from './contents'
import { bounds, momentsOf } from './dates'
import type { Moment } from './dates'
import type { Chart, Handle } from './model'
import { neighbours } from './model'
import type { View } from './view'

export interface Event extends Moment {
  /** What is drawn of it on the chart: the record, or the group that holds it. */
  readonly shown: string | null
}

export type LanesBy = 'country' | 'person'

/** All moments of a chart's records and of those that its links rest on, in their order. */
export function eventsOf(chart: Chart, contents: Contents, view: View): readonly Event[] {
  const shown = new Map(view.nodes.flatMap(({ id, handles }) => handles.map((each) => [each, id] as const)))
  const told: readonly string[] = [...chart.items.keys(), ...[...chart.links.values()].flatMap(({ handles }) => handles)]
  return [...new Set(told)]
    .flatMap((handle) => {
      const claim = claimOf(contents, handle)
      return claim ? momentsOf(claim).map((each) => ({ ...each, shown: shown.get(handle) ?? null })) : []
    })
    .sort((one, other) => bounds(one.at)[0] - bounds(other.at)[0])
}

/** The lanes in which a record's events stand: its owner's country, or the persons beside it; empty for nobody's. */
export function lanesOf(by: LanesBy, handle: Handle, chart: Chart, contents: Contents): readonly string[] {
  if (by === 'country') return [nodeOf(handle).slice(0, 2)]
  const ends = [...chart.links.values()].filter(({ handles }) => handles.includes(handle)).flatMap(({ source, target }) => [source, target])
  const beside = [handle, ...neighbours(chart, [handle]), ...ends]
  const persons = [...new Set(beside.filter((each) => schemaOf(contents, each) === 'Person'))]
  return persons.length ? persons : ['']
}

/** Days on which something happened in more than one country; only dates as precise as a day count. */
export function sameDays(events: readonly Event[]): readonly string[] {
  const of = new Map<string, Set<string>>()
  for (const { at, handle } of events) {
    if (at.length < 10) continue
    const on = at.slice(0, 10)
    of.set(on, (of.get(on) ?? new Set()).add(nodeOf(handle).slice(0, 2)))
  }
  return [...of].filter(([, countries]) => countries.size > 1).map(([on]) => on).sort()
}
