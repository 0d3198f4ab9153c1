/* What is asked about a network's past, as it stands in the address: a colleague opens the same view under own rights. */
import { MOST_RECORDS } from '../../parts/past'

export const LOOKS = ['day', 'replay', 'changed'] as const
export type Look = (typeof LOOKS)[number]
export const FARTHEST = 3

export interface Question {
  readonly handles: readonly string[]
  /** A shared picture, or empty. */
  readonly picture: string
  readonly look: Look
  readonly day: string
  readonly since: string
  readonly until: string
  readonly hops: number
  /** For how many days what was told for one time only counts. */
  readonly days: number
  readonly knownBy: string
  readonly sharedBy: string
}

const HALF_A_YEAR = 182
const DAY = 86_400_000
const day = (at: number) => new Date(at).toISOString().slice(0, 10)
const whole = (told: string | null, usual: number, least: number, most: number) => {
  const read = Number(told ?? '')
  return told && Number.isInteger(read) && read >= least && read <= most ? read : usual
}

/** The question in an address; what is not there is as usual: today, the last half year, one tie away. */
export function questionOf(address: URLSearchParams, now: number): Question {
  const look = LOOKS.find((each) => each === address.get('look')) ?? 'day'
  const dated = (name: string, usual: string) => (/^\d{4}-\d\d-\d\d$/.test(address.get(name) ?? '') ? (address.get(name) ?? '') : usual)
  return {
    handles: address.getAll('of').slice(0, MOST_RECORDS),
    picture: address.get('picture') ?? '',
    look,
    day: dated('day', day(now)),
    since: dated('since', day(now - HALF_A_YEAR * DAY)),
    until: dated('until', day(now)),
    hops: whole(address.get('hops'), 1, 1, FARTHEST),
    days: whole(address.get('days'), 90, 0, 3660),
    knownBy: dated('known', ''),
    sharedBy: dated('shared', ''),
  }
}

/** The address of a question. */
export function addressOf(asked: Question): URLSearchParams {
  const told = new URLSearchParams(asked.handles.map((each) => ['of', each]))
  const rest: readonly (readonly [string, string])[] = [
    ['picture', asked.picture],
    ['look', asked.look],
    ...(asked.look === 'day' ? ([['day', asked.day]] as const) : ([['since', asked.since], ['until', asked.until]] as const)),
    ['hops', asked.hops === 1 ? '' : String(asked.hops)],
    ['days', asked.days === 90 ? '' : String(asked.days)],
    ['known', asked.knownBy],
    ['shared', asked.sharedBy],
  ]
  for (const [name, value] of rest) if (value) told.set(name, value)
  return told
}

/** The question as the node takes it. */
export function pastOf({ handles, picture, hops, days, knownBy, sharedBy }: Question) {
  return { handles: [...handles], picture, same: [], hops, days, knownBy, sharedBy }
}

/** Records as they are typed: by spaces, commas or lines. */
export function typed(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))].slice(0, MOST_RECORDS)
}
