/* What part of the chart the window shows: reckoned from places alone, so that nothing need be drawn for it. */
import type { Spot } from './model'

/** The part in units of the chart, and how many pixels one of them has. */
export interface Sight {
  readonly zoom: number
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** How far a record with its name reaches from its spot, in units of the chart, and the window's margin in pixels. */
const [ASIDE, ABOVE, BELOW, MARGIN] = [74, 34, 72, 16]
export const [FARTHEST, NEAREST] = [0.08, 4]
/** Few records are not drawn larger than this. */
const FITTED = 1.4

/** Where a window of so many pixels has all of these in it, as near as it can; `pan` is the chart's origin in pixels. */
export function framed(spots: readonly Spot[], wide: number, tall: number): { readonly zoom: number; readonly pan: Spot } | null {
  if (!spots.length || wide <= 0 || tall <= 0) return null
  const [box, x, y] = [{ left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity }, wide / 2, tall / 2]
  for (const spot of spots) {
    box.left = Math.min(box.left, spot.x - ASIDE)
    box.right = Math.max(box.right, spot.x + ASIDE)
    box.top = Math.min(box.top, spot.y - ABOVE)
    box.bottom = Math.max(box.bottom, spot.y + BELOW)
  }
  const within = Math.min((wide - 2 * MARGIN) / (box.right - box.left), (tall - 2 * MARGIN) / (box.bottom - box.top))
  const zoom = Math.min(FITTED, Math.max(FARTHEST, within))
  return { zoom, pan: { x: x - (zoom * (box.left + box.right)) / 2, y: y - (zoom * (box.top + box.bottom)) / 2 } }
}

/** What a window shows, and as much again on each side: a small move of it needs nothing new. */
export function sightOf(zoom: number, pan: Spot, wide: number, tall: number): Sight {
  return {
    zoom, left: (-pan.x - wide) / zoom, right: (2 * wide - pan.x) / zoom,
    top: (-pan.y - tall) / zoom, bottom: (2 * tall - pan.y) / zoom,
  }
}
