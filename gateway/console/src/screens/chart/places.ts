import type { Claim } from '../../api/picture'
import type { Contents } from './contents'
import { claimOf, nodeOf } from './contents'
import { bounds, momentsOf } from './dates'
import type { Chart, Handle } from './model'
import { neighbours } from './model'

/** Degrees, east then north, WGS 84. */
export type Point = readonly [number, number]

/** A record's position; a track has all of its own, and stands where it ends. */
export interface Place {
  readonly handle: Handle
  readonly at: Point
  /** How far off the true place can be by the digits that were written, in degrees. */
  readonly vague: number
  readonly way: readonly Point[]
}

/** Edges in degrees as they were written; an empty one is open. */
export interface Area {
  readonly west: string
  readonly south: string
  readonly east: string
  readonly north: string
}

/** Somebody or something at a place at a time, in milliseconds. */
export interface Sighting {
  readonly handle: Handle
  readonly at: Point
  readonly time: number
}

/** Records of two countries at the same day, near each other. */
export interface Meeting {
  readonly day: string
  readonly one: Sighting
  readonly other: Sighting
  readonly km: number
}

export const NEAR_KM = 50
const EARTH_KM = 6371
/** Properties that name the record of a place. */
const PLACED = new Set(['place', 'port', 'loadingPort', 'dischargePort', 'location', 'address', 'addressEntity'])

function degrees(text: string | undefined, most: number): number | null {
  if (!text || !/^-?\d{1,3}(?:\.\d+)?$/.test(text)) return null
  const value = Number(text)
  return Math.abs(value) <= most ? value : null
}

/** Half of the last digit that somebody wrote. */
function vagueness(...written: readonly string[]): number {
  return Math.max(...written.map((each) => 0.5 * 10 ** -(each.split('.')[1]?.length ?? 0)))
}

function first({ record }: Claim, wanted: string): string {
  return record.properties.find(({ name }) => name === wanted)?.values[0] ?? ''
}

/** A position of a track, when, and how far off it can be by its digits. */
export interface Fix {
  readonly at: Point
  /** Milliseconds. */
  readonly time: number
  readonly vague: number
}

/** Positions of a track with their times: `longitude,latitude,seconds` triples. */
export function fixes(claim: Claim): readonly Fix[] {
  return first(claim, 'positions').split(/\s+/).flatMap((triple) => {
    const [x = '', y = '', seconds = ''] = triple.split(',')
    const [lon, lat] = [degrees(x, 180), degrees(y, 90)]
    return lon !== null && lat !== null ? [{ at: [lon, lat] as const, time: 1000 * Number(seconds), vague: vagueness(x, y) }] : []
  })
}

/** Where a record is: its latitude and longitude, or its track. */
export function placesOf(claim: Claim): readonly Place[] {
  const [lat, lon] = [first(claim, 'latitude'), first(claim, 'longitude')]
  const [north, east] = [degrees(lat, 90), degrees(lon, 180)]
  if (north !== null && east !== null) return [{ handle: claim.handle, at: [east, north], vague: vagueness(lat, lon), way: [] }]
  const way = fixes(claim)
  const last = way.at(-1)
  return last ? [{ handle: claim.handle, at: last.at, vague: last.vague, way: way.map(({ at }) => at) }] : []
}

/** Where a record is, or where the place is that it names and that is known here. */
export function placeIn(contents: Contents, handle: Handle): Place | undefined {
  const claim = claimOf(contents, handle)
  if (!claim) return undefined
  const [own] = placesOf(claim)
  if (own) return own
  for (const { name, values } of claim.record.properties)
    for (const value of PLACED.has(name) ? values : []) {
      const named = claimOf(contents, `${nodeOf(handle)}/${value}`)
      const [there] = named ? placesOf(named) : []
      if (there) return { ...there, handle, way: [] }
    }
  return undefined
}

/** When and where a record was seen; of a moment that is less precise than a day nobody knows where it was. */
export function sightingsOf(contents: Contents, handle: Handle): readonly Sighting[] {
  const claim = claimOf(contents, handle)
  const place = placeIn(contents, handle)
  if (!claim || !place) return []
  if (place.way.length) return fixes(claim).filter(({ time }) => time > 0).map(({ at, time }) => ({ handle, at, time }))
  const days = momentsOf(claim).filter(({ at }) => at.length >= 10)
  return days.map(({ at }) => ({ handle, at: place.at, time: bounds(at)[0] }))
}

/** The way of something: all sightings of it and of what is linked with it, in their order. */
export function routeOf(chart: Chart, contents: Contents, handle: Handle): readonly Sighting[] {
  const seen = [handle, ...neighbours(chart, [handle])].flatMap((each) => sightingsOf(contents, each))
  return seen.sort((one, other) => one.time - other.time)
}

export function kilometres([lon1, lat1]: Point, [lon2, lat2]: Point): number {
  const of = (value: number) => (value * Math.PI) / 180
  const half = Math.sin(of(lat2 - lat1) / 2) ** 2 + Math.cos(of(lat1)) * Math.cos(of(lat2)) * Math.sin(of(lon2 - lon1) / 2) ** 2
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)))
}

/** Same day (UTC), nearer than 50 km, records of two countries: for each two records and day where they were nearest. */
export function meetings(sightings: readonly Sighting[]): readonly Meeting[] {
  const days = new Map<string, Sighting[]>()
  for (const each of sightings) {
    const day = new Date(each.time).toISOString().slice(0, 10)
    days.set(day, [...(days.get(day) ?? []), each])
  }
  const found = new Map<string, Meeting>()
  const country = ({ handle }: Sighting) => nodeOf(handle).slice(0, 2)
  for (const [day, seen] of days)
    seen.forEach((one, place) => {
      for (const other of seen.slice(place + 1)) {
        const km = country(one) === country(other) ? Infinity : kilometres(one.at, other.at)
        const key = [day, ...[one.handle, other.handle].sort()].join(' ')
        if (km < NEAR_KM && km < (found.get(key)?.km ?? Infinity)) found.set(key, { day, one, other, km })
      }
    })
  return [...found.values()].sort((one, other) => one.day.localeCompare(other.day) || one.km - other.km)
}

export function inArea({ at: [east, north] }: Pick<Place, 'at'>, area: Area): boolean {
  const beyond = (edge: string, value: number, sign: 1 | -1) => edge !== '' && sign * value > sign * Number(edge)
  return !(beyond(area.west, east, -1) || beyond(area.east, east, 1) || beyond(area.south, north, -1) || beyond(area.north, north, 1))
}
