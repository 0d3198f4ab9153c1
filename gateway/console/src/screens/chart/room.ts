/* How much a chart holds and draws, and what becomes of what is too much: it is grouped, and never cut silently. */
import { bundleOf, grouped, linkId } from './model'
import type { Chart, Handle, Link, Spot } from './model'

/** Records and links that are drawn at most; what goes beyond is drawn as groups, and told in lists. */
export const MOST_ELEMENTS = 1500
/** Records and links that a chart holds at most, those within groups counted. */
export const MOST_HELD = 6000
/** Fewer than this are not grouped unasked. */
const LEAST_GROUPED = 5

/** Records and links as they are drawn: a group is one, and so are its links of one kind to the same other. */
export function size(chart: Chart): number {
  const { items, links, bundles } = chart
  if (!bundles.size) return items.size + links.size
  const bundle = bundleOf(chart)
  const drawn = new Set<string>()
  for (const [id, { source, target, tie, what }] of links) {
    const [one, other] = [bundle.get(source), bundle.get(target)]
    if (one === undefined && other === undefined) drawn.add(id)
    else if (one !== other) drawn.add([tie, what, one ?? source, other ?? target].join('|'))
  }
  return items.size - bundle.size + bundles.size + drawn.size
}

export interface Addition {
  readonly handle: Handle
  readonly spot: Spot
  readonly from?: Handle | null
}

/** Adds records and links as far as there is room; what stands there already stays as it is. */
export function added(chart: Chart, additions: readonly Addition[], links: readonly Link[] = []): Chart {
  return filled(chart, additions, links, MOST_ELEMENTS - size(chart))
}

/** Adds all that a chart can hold; where it cannot be drawn one by one, the most frequent types of it are grouped. */
export function gathered(
  chart: Chart,
  additions: readonly Addition[],
  links: readonly Link[],
  type: (handle: Handle) => string,
): Chart {
  let all = filled(chart, additions, links, MOST_HELD - chart.items.size - chart.links.size)
  const of = new Map<string, Handle[]>()
  for (const { handle } of additions)
    if (all.items.has(handle) && !chart.items.has(handle)) of.set(type(handle), [...(of.get(type(handle)) ?? []), handle])
  const kinds = [...of.values()].sort((one, other) => other.length - one.length)
  while (size(all) > MOST_ELEMENTS && (kinds[0]?.length ?? 0) >= LEAST_GROUPED) all = grouped(all, kinds.shift() ?? [], LEAST_GROUPED)
  return size(all) > MOST_ELEMENTS ? added(chart, additions, links) : all
}

function filled(chart: Chart, additions: readonly Addition[], links: readonly Link[], least: number): Chart {
  const items = new Map(chart.items)
  let room = least
  for (const { handle, spot, from = null } of additions) {
    if (items.has(handle) || room <= 0) continue
    items.set(handle, { ...spot, pinned: false, from })
    room -= 1
  }
  const tied = new Map(chart.links)
  for (const link of links) {
    if (room <= 0 || tied.has(linkId(link)) || !items.has(link.source) || !items.has(link.target)) continue
    tied.set(linkId(link), link)
    room -= 1
  }
  return items.size === chart.items.size && tied.size === chart.links.size ? chart : { ...chart, items, links: tied }
}

/** Takes a group apart, unless its records would be more than can be drawn. */
export function ungrouped(chart: Chart, id: string): Chart {
  if (!chart.bundles.has(id)) return chart
  const apart = { ...chart, bundles: new Map([...chart.bundles].filter(([each]) => each !== id)) }
  return size(apart) > MOST_ELEMENTS ? chart : apart
}
