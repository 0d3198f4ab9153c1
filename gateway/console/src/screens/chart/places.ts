import type { Claim } from '../../api/picture'
import type { Handle } from './model'

/** A record's position in degrees, east then north, WGS 84; a track has all of its own, and stands where it ends. */
export interface Place {
  readonly handle: Handle
  readonly at: readonly [number, number]
  readonly way: readonly (readonly [number, number])[]
}

/** Edges in degrees as they were written; an empty one is open. */
export interface Area {
  readonly west: string
  readonly south: string
  readonly east: string
  readonly north: string
}

function degrees(text: string | undefined, most: number): number | null {
  if (!text || !/^-?\d{1,3}(?:\.\d+)?$/.test(text)) return null
  const value = Number(text)
  return Math.abs(value) <= most ? value : null
}

/** Where a record is: its latitude and longitude, or its track of `longitude,latitude,time` triples. */
export function placesOf(claim: Claim): readonly Place[] {
  const first = (wanted: string) => claim.record.properties.find(({ name }) => name === wanted)?.values[0]
  const [north, east] = [degrees(first('latitude'), 90), degrees(first('longitude'), 180)]
  if (north !== null && east !== null) return [{ handle: claim.handle, at: [east, north], way: [] }]
  const way = (first('positions') ?? '').split(/\s+/).flatMap((triple) => {
    const [x, y] = triple.split(',')
    const [lon, lat] = [degrees(x, 180), degrees(y, 90)]
    return lon !== null && lat !== null ? [[lon, lat] as const] : []
  })
  const last = way.at(-1)
  return last ? [{ handle: claim.handle, at: last, way }] : []
}

export function inArea({ at: [east, north] }: Place, area: Area): boolean {
  const beyond = (edge: string, value: number, sign: 1 | -1) => edge !== '' && sign * value > sign * Number(edge)
  return !(beyond(area.west, east, -1) || beyond(area.east, east, 1) || beyond(area.south, north, -1) || beyond(area.north, north, 1))
}
