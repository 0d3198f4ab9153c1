/* What part of the map is seen, and what is drawn as one because it lies on one spot. */
import type { Place, Point } from './places'

/** West, south, east, north in degrees. */
export type Frame = readonly [number, number, number, number]

export const EUROPE: Frame = [-11, 35, 31, 63]
/** The borders are written to a hundredth of a degree: nearer they say nothing. */
const NEAREST = 1.5
const LIMITS: Frame = [-26, 27, 50, 73]

const between = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))

/** A frame of a size around a place, inside of the borders that are known. */
export function around([east, north]: Point, wide: number, tall: number): Frame {
  const [w, h] = [between(wide, NEAREST, LIMITS[2] - LIMITS[0]), between(tall, NEAREST / 2, LIMITS[3] - LIMITS[1])]
  const west = between(east - w / 2, LIMITS[0], LIMITS[2] - w)
  const south = between(north - h / 2, LIMITS[1], LIMITS[3] - h)
  return [west, south, west + w, south + h]
}

/** All these places with room around them; the whole of Europe where there is none. */
export function frameOf(points: readonly Point[]): Frame {
  const inside = points.filter(([x, y]) => x >= LIMITS[0] && x <= LIMITS[2] && y >= LIMITS[1] && y <= LIMITS[3])
  if (!inside.length) return EUROPE
  const [xs, ys] = [inside.map(([x]) => x), inside.map(([, y]) => y)]
  const [west, south, east, north] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
  return around([(west + east) / 2, (south + north) / 2], Math.max(4, (east - west) * 1.4), Math.max(2.4, (north - south) * 1.4))
}

/** Nearer (`by` < 1) or farther, around the middle. */
export function zoomed([west, south, east, north]: Frame, by: number): Frame {
  return around([(west + east) / 2, (south + north) / 2], (east - west) * by, (north - south) * by)
}

export interface Cluster {
  readonly x: number
  readonly y: number
  readonly places: readonly Place[]
}

/** Places that would be drawn on each other, as one. */
export function clustered(places: readonly Place[], project: (at: Point) => readonly [number, number] | null, near: number): readonly Cluster[] {
  const found: { x: number; y: number; places: Place[] }[] = []
  for (const place of places) {
    const spot = project(place.at)
    if (!spot) continue
    const [x, y] = spot
    const same = found.find((each) => Math.hypot(each.x - x, each.y - y) < near)
    if (same) same.places.push(place)
    else found.push({ x, y, places: [place] })
  }
  return found
}

/** Which labels can be written without lying on another: `wide` of each, at its spot. */
export function readable(spots: readonly { readonly x: number; readonly y: number; readonly wide: number }[]): readonly boolean[] {
  const kept: { x1: number; x2: number; y: number }[] = []
  return spots.map(({ x, y, wide }) => {
    const box = { x1: x - 8, x2: x + wide, y }
    if (kept.some((each) => each.x1 < box.x2 && box.x1 < each.x2 && Math.abs(each.y - y) < 16)) return false
    kept.push(box)
    return true
  })
}
