import type { Claim } from '../../api/picture'
import type { Handle, Span } from './model'

/** A moment of a record, as precisely as its owner wrote it: a year, a month, a day or a time. */
export interface Moment {
  readonly handle: Handle
  readonly name: string
  readonly at: string
}

const WRITTEN = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?$/
const NAMED = /(?:^date|Date|At|From|Until|Since|Time)$/
/** What someone or something is, not what happened: no place on a timeline, and no reason to hide it. */
const LASTING = new Set(['birthDate', 'deathDate', 'incorporationDate', 'registrationDate', 'buildDate', 'modifiedAt'])

export function momentsOf(claim: Claim): readonly Moment[] {
  return claim.record.properties
    .filter(({ name }) => NAMED.test(name) && !LASTING.has(name))
    .flatMap(({ name, values }) =>
      values.filter((each) => WRITTEN.test(each)).map((at) => ({ handle: claim.handle, name, at })),
    )
    .filter(({ at }) => !Number.isNaN(bounds(at)[0]))
}

/** First and last millisecond that a written date can mean; a time without a zone is one of UTC. */
export function bounds(at: string): readonly [number, number] {
  const zoned = at.includes('T') && !/(?:Z|[+-]\d\d:?\d\d)$/.test(at) ? `${at}Z` : at
  const start = Date.parse(zoned)
  if (at.includes('T')) return [start, start]
  const end = new Date(start)
  if (at.length === 4) end.setUTCFullYear(end.getUTCFullYear() + 1)
  else if (at.length === 7) end.setUTCMonth(end.getUTCMonth() + 1)
  else end.setUTCDate(end.getUTCDate() + 1)
  return [start, end.getTime() - 1]
}

/** Whether a written date can lie within a span; open ends admit everything. */
export function within(at: string, { from, until }: Span): boolean {
  const [first, last] = bounds(at)
  return (!from || last >= bounds(from)[0]) && (!until || first <= bounds(until)[1])
}

/** Whether a record belongs into a span: one without a date always does. */
export function inSpan(claim: Claim, span: Span): boolean {
  if (!span.from && !span.until) return true
  const moments = momentsOf(claim)
  return moments.length === 0 || moments.some(({ at }) => within(at, span))
}

export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
