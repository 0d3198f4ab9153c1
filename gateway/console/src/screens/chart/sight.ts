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

/** How far a record with its name reaches from its spot: in units of the chart, from afar in pixels. */
const [ASIDE, ABOVE, BELOW] = [84, 34, 72]
export const [FARTHEST, NEAREST] = [0.08, 4]
/** Few records are not drawn larger than this. */
const FITTED = 1.4

/** Where a window of so many pixels has all of these in it, as near as it can; `pan` is the chart's origin in pixels. */
export function framed(spots: readonly Spot[], wide: number, tall: number): { readonly zoom: number; readonly pan: Spot } | null {
  if (!spots.length || wide <= 0 || tall <= 0) return null
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity }
  for (const { x, y } of spots) {
    box.left = Math.min(box.left, x)
    box.right = Math.max(box.right, x)
    box.top = Math.min(box.top, y)
    box.bottom = Math.max(box.bottom, y)
  }
  const [across, down] = [box.right - box.left, box.bottom - box.top]
  const near = Math.min(wide / (across + 2 * ASIDE), tall / (down + ABOVE + BELOW))
  const far = Math.min((wide - 2 * ASIDE) / across, (tall - ABOVE - BELOW) / down)
  const zoom = Math.min(FITTED, Math.max(FARTHEST, Math.min(near, far)))
  const higher = ((BELOW - ABOVE) / 2) * Math.max(1, zoom)
  return { zoom, pan: { x: (wide - zoom * (box.left + box.right)) / 2, y: (tall - zoom * (box.top + box.bottom)) / 2 - higher } }
}

/** What a window shows, and as much again on each side: a small move of it needs nothing new. */
export function sightOf(zoom: number, pan: Spot, wide: number, tall: number): Sight {
  return {
    zoom, left: (-pan.x - wide) / zoom, right: (2 * wide - pan.x) / zoom,
    top: (-pan.y - tall) / zoom, bottom: (2 * tall - pan.y) / zoom,
  }
}
