import type { Chart, Handle, Spot } from './model'

/** The nearest two records may stand to each other, in units of the chart. */
export const GAP = 110

export type Layout = 'force' | 'hierarchy' | 'circle' | 'grid' | 'type'
export const LAYOUTS: readonly Layout[] = ['force', 'hierarchy', 'circle', 'grid', 'type']
/** More records than this are not laid out by force: it would take too long. */
export const MOST_FORCE = 500

type Spots = Map<Handle, Spot>

/** Free places for new records around a place, ring by ring; nothing that stands already is moved. */
export function freeSpots(chart: Chart, centre: Spot, count: number): Spot[] {
  const cell = ({ x, y }: Spot) => `${Math.round(x / GAP)} ${Math.round(y / GAP)}`
  const taken = new Set([...chart.items.values(), ...chart.bundles.values()].map(cell))
  const found: Spot[] = []
  for (let ring = 0; found.length < count; ring += 1) {
    const places = Math.max(1, ring * 6)
    for (let place = 0; place < places && found.length < count; place += 1) {
      const angle = (2 * Math.PI * place) / places - Math.PI / 2
      const spot = { x: centre.x + ring * GAP * Math.cos(angle), y: centre.y + ring * GAP * Math.sin(angle) }
      if (taken.has(cell(spot))) continue
      taken.add(cell(spot))
      found.push(spot)
    }
  }
  return found
}

/** Where new records without a neighbour go: right of all others. */
export function beside(chart: Chart): Spot {
  if (!chart.items.size) return { x: 0, y: 0 }
  const spots = [...chart.items.values()]
  return { x: Math.max(...spots.map(({ x }) => x)) + 3 * GAP, y: spots.reduce((sum, { y }) => sum + y, 0) / spots.length }
}

export function circle(handles: readonly Handle[]): Spots {
  const radius = Math.max(GAP, (handles.length * GAP) / (2 * Math.PI))
  return new Map(
    handles.map((each, place) => {
      const angle = (2 * Math.PI * place) / handles.length
      return [each, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }]
    }),
  )
}

export function grid(handles: readonly Handle[]): Spots {
  const across = Math.ceil(Math.sqrt(handles.length))
  return new Map(handles.map((each, place) => [each, { x: (place % across) * GAP, y: Math.floor(place / across) * GAP }]))
}

/** A block for each type beside the other, the most frequent first. */
export function byType(handles: readonly Handle[], type: (handle: Handle) => string): Spots {
  const of = new Map<string, Handle[]>()
  for (const each of handles) of.set(type(each), [...(of.get(type(each)) ?? []), each])
  const found: Spots = new Map()
  let from = 0
  for (const block of [...of.values()].sort((one, other) => other.length - one.length)) {
    const across = Math.ceil(Math.sqrt(block.length))
    block.forEach((each, place) =>
      found.set(each, { x: from + (place % across) * GAP, y: Math.floor(place / across) * GAP }),
    )
    from += (across + 1) * GAP
  }
  return found
}

/** Levels by how far a record is from the best linked one of its part; parts stand side by side. */
export function hierarchy(handles: readonly Handle[], chart: Chart): Spots {
  const near = new Map(handles.map((each) => [each, new Set<Handle>()]))
  for (const { source, target } of chart.links.values()) {
    near.get(source)?.add(target)
    near.get(target)?.add(source)
  }
  const order = [...handles].sort((one, other) => (near.get(other)?.size ?? 0) - (near.get(one)?.size ?? 0))
  const found: Spots = new Map()
  const seen = new Set<Handle>()
  let from = 0
  for (const root of order) {
    if (seen.has(root)) continue
    seen.add(root)
    let [level, depth, widest] = [[root], 0, 1]
    const part: Handle[][] = []
    while (level.length) {
      part.push(level)
      widest = Math.max(widest, level.length)
      const next: Handle[] = []
      for (const each of level)
        for (const other of near.get(each) ?? []) {
          if (seen.has(other) || !near.has(other)) continue
          seen.add(other)
          next.push(other)
        }
      level = next
    }
    for (const row of part) {
      row.forEach((each, place) =>
        found.set(each, { x: from + (place + (widest - row.length) / 2) * GAP, y: depth * 1.4 * GAP }),
      )
      depth += 1
    }
    from += (widest + 1) * GAP
  }
  return found
}
