import type { Network } from './attraction'
import { bundleOf, standing } from './model'
import type { Chart, Spot } from './model'

/** The nearest two records may stand to each other, in units of the chart. */
export const GAP = 140

export type Layout = 'force' | 'hierarchy' | 'circle' | 'grid' | 'type'
export const LAYOUTS: readonly Layout[] = ['force', 'hierarchy', 'circle', 'grid', 'type']

type Spots = Map<string, Spot>

/** The chart as the layout by attraction takes it, and the names of its spots in their order. */
export function networkOf(chart: Chart, free: ReadonlySet<string>): { readonly network: Network; readonly names: readonly string[] } {
  const things = [...standing(chart)]
  const names = things.map(([name]) => name)
  const place = new Map(names.map((name, at) => [name, at]))
  const bundle = bundleOf(chart)
  const pairs = new Map<string, readonly [number, number]>()
  for (const link of chart.links.values()) {
    const [one, other] = [link.source, link.target].map((each) => place.get(bundle.get(each) ?? each))
    if (one !== undefined && other !== undefined && one !== other) pairs.set([Math.min(one, other), Math.max(one, other)].join(' '), [one, other])
  }
  const network = {
    spots: Float32Array.from(things.flatMap(([, { x, y }]) => [x, y])),
    ties: Uint32Array.from([...pairs.values()].flat()),
    fixed: Uint8Array.from(names, (name) => (free.has(name) ? 0 : 1)),
  }
  return { network, names }
}

/** The spots of those that are free; the others have not moved. */
export function spotsOf(names: readonly string[], free: ReadonlySet<string>, found: Float32Array): Spots {
  const round = (value: number | undefined) => Math.round((value ?? 0) * 10) / 10
  return new Map(
    names.flatMap((name, at) => (free.has(name) ? [[name, { x: round(found[2 * at]), y: round(found[2 * at + 1]) }] as const] : [])),
  )
}

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

export function circle(handles: readonly string[]): Spots {
  const radius = Math.max(GAP, (handles.length * GAP) / (2 * Math.PI))
  return new Map(
    handles.map((each, place) => {
      const angle = (2 * Math.PI * place) / handles.length
      return [each, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }]
    }),
  )
}

export function grid(handles: readonly string[]): Spots {
  const across = Math.ceil(Math.sqrt(handles.length))
  return new Map(handles.map((each, place) => [each, { x: (place % across) * GAP, y: Math.floor(place / across) * GAP }]))
}

/** A block for each type beside the other, the most frequent first. */
export function byType(handles: readonly string[], type: (id: string) => string): Spots {
  const of = new Map<string, string[]>()
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

/** Records in a row of a level at most; a longer level has several rows. */
const WIDEST = 24

/** Levels by how far a record is from the best linked one of its part; parts stand side by side. */
export function hierarchy(handles: readonly string[], chart: Chart): Spots {
  const { network, names } = networkOf(chart, new Set())
  const near = new Map(handles.map((each) => [each, new Set<string>()]))
  for (let tie = 0; tie < network.ties.length; tie += 2) {
    const [one, other] = [names[network.ties[tie] ?? 0] ?? '', names[network.ties[tie + 1] ?? 0] ?? '']
    near.get(one)?.add(other)
    near.get(other)?.add(one)
  }
  const order = [...handles].sort((one, other) => (near.get(other)?.size ?? 0) - (near.get(one)?.size ?? 0))
  const found: Spots = new Map()
  const seen = new Set<string>()
  let from = 0
  for (const root of order) {
    if (seen.has(root)) continue
    seen.add(root)
    let [level, depth, widest] = [[root], 0, 1]
    const part: string[][] = []
    while (level.length) {
      for (let first = 0; first < level.length; first += WIDEST) part.push(level.slice(first, first + WIDEST))
      widest = Math.max(widest, Math.min(WIDEST, level.length))
      const next: string[] = []
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
