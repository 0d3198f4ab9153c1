/* The chart as a value: which records stand where, and what was chosen about them. No content of a record is in it. */

export type Handle = string
export type Tie = 'RECORD' | 'REFERENCE' | 'IDENTIFIER'

export interface Spot {
  readonly x: number
  readonly y: number
}

/** A record on the chart; `from` is the record whose expansion brought it. A pinned one is never moved nor grouped. */
export interface Item extends Spot {
  readonly pinned: boolean
  readonly from: Handle | null
}

/** A tie between two records of the chart; `what` is a schema, a property or a kind of identifier, never a value. */
export interface Link {
  readonly source: Handle
  readonly target: Handle
  readonly tie: Tie
  readonly what: string
  readonly handles: readonly Handle[]
}

/** Records of one type that are drawn as one. */
export interface Bundle extends Spot {
  readonly members: readonly Handle[]
}

/** Days or moments as ISO 8601 writes them; an empty one is open. */
export interface Span {
  readonly from: string
  readonly until: string
}

export interface Chart {
  readonly items: ReadonlyMap<Handle, Item>
  readonly links: ReadonlyMap<string, Link>
  readonly bundles: ReadonlyMap<string, Bundle>
  /** Schemata that are not drawn. */
  readonly hidden: ReadonlySet<string>
  readonly span: Span
  /** The person's own words on a record; they stay in this tab. */
  readonly notes: ReadonlyMap<Handle, string>
  /** Whether records with more links are drawn larger. */
  readonly sized: boolean
}

export const EMPTY: Chart = {
  items: new Map(),
  links: new Map(),
  bundles: new Map(),
  hidden: new Set(),
  span: { from: '', until: '' },
  notes: new Map(),
  sized: false,
}

export function linkId({ source, target, tie, what, handles }: Link): string {
  return [tie, what, source, target, tie === 'RECORD' ? handles.join(' ') : ''].join('|')
}

/** By record, the group as which it is drawn. */
export function bundleOf({ bundles }: Chart): ReadonlyMap<Handle, string> {
  return new Map([...bundles].flatMap(([id, { members }]) => members.map((each) => [each, id] as const)))
}

function without(chart: Chart, gone: ReadonlySet<Handle>): Chart {
  if (![...gone].some((each) => chart.items.has(each))) return chart
  const keep = <Value>(map: ReadonlyMap<string, Value>, stays: (key: string, value: Value) => boolean) =>
    new Map([...map].filter(([key, value]) => stays(key, value)))
  const bundles = [...chart.bundles]
    .map(([id, bundle]) => [id, { ...bundle, members: bundle.members.filter((each) => !gone.has(each)) }] as const)
    .filter(([, { members }]) => members.length > 1)
  return {
    ...chart,
    items: keep(chart.items, (handle) => !gone.has(handle)),
    links: keep(chart.links, (_, { source, target }) => !gone.has(source) && !gone.has(target)),
    notes: keep(chart.notes, (handle) => !gone.has(handle)),
    bundles: new Map(bundles),
  }
}

export function dismissed(chart: Chart, handles: Iterable<Handle>): Chart {
  return without(chart, new Set(handles))
}

export function keptOnly(chart: Chart, handles: Iterable<Handle>): Chart {
  const kept = new Set(handles)
  return without(chart, new Set([...chart.items.keys()].filter((each) => !kept.has(each))))
}

/** What the expansion of a record brought, but for what is pinned or was expanded itself. */
export function broughtBy(chart: Chart, handle: Handle): readonly Handle[] {
  const sources = new Set([...chart.items.values()].map(({ from }) => from))
  return [...chart.items].flatMap(([each, { from, pinned }]) =>
    from === handle && !pinned && !sources.has(each) ? [each] : [],
  )
}

export function collapsed(chart: Chart, handle: Handle): Chart {
  return dismissed(chart, broughtBy(chart, handle))
}

function changed(chart: Chart, handles: Iterable<Handle>, change: (item: Item, handle: Handle) => Item): Chart {
  const items = new Map(chart.items)
  let different = false
  for (const handle of handles) {
    const before = items.get(handle)
    if (!before) continue
    const after = change(before, handle)
    if (after.x === before.x && after.y === before.y && after.pinned === before.pinned) continue
    items.set(handle, after)
    different = true
  }
  return different ? { ...chart, items } : chart
}

export function pinned(chart: Chart, handles: Iterable<Handle>, on: boolean): Chart {
  return changed(chart, handles, (item) => ({ ...item, pinned: on }))
}

/** Moved by hand: it stays there until the person moves it again. A bundle moves as a whole. */
export function dragged(chart: Chart, spots: ReadonlyMap<string, Spot>): Chart {
  const moved = changed(chart, spots.keys(), (item, handle) => ({ ...item, ...spots.get(handle), pinned: true }))
  const bundles = [...spots].flatMap(([id, spot]) => {
    const bundle = chart.bundles.get(id)
    return bundle ? [[id, { ...bundle, ...spot }] as const] : []
  })
  return bundles.length ? { ...moved, bundles: new Map([...chart.bundles, ...bundles]) } : moved
}

/** The spots of a layout, of records and groups; whatever is pinned stays where it is. */
export function laidOut(chart: Chart, spots: ReadonlyMap<string, Spot>): Chart {
  const placed = changed(chart, spots.keys(), (item, handle) => (item.pinned ? item : { ...item, ...spots.get(handle) }))
  const moved = [...chart.bundles].filter(([id, { x, y }]) => {
    const spot = spots.get(id)
    return spot && (spot.x !== x || spot.y !== y)
  })
  if (!moved.length) return placed
  return { ...placed, bundles: new Map([...chart.bundles, ...moved.map(([id, bundle]) => [id, { ...bundle, ...spots.get(id) }] as const)]) }
}

/** What has a spot of its own in the picture: records outside of groups, and groups. */
export function standing(chart: Chart): ReadonlyMap<string, Spot & { readonly pinned: boolean }> {
  const bundle = bundleOf(chart)
  const alone = [...chart.items].filter(([handle]) => !bundle.has(handle))
  const bundles = [...chart.bundles].map(([id, { x, y }]) => [id, { x, y, pinned: false }] as const)
  return new Map<string, Spot & { readonly pinned: boolean }>([...alone, ...bundles])
}

/** Draws records as one; pinned ones, and those of another bundle, are left as they are. */
export function grouped(chart: Chart, handles: readonly Handle[], least: number): Chart {
  const taken = new Set([...chart.bundles.values()].flatMap(({ members }) => members))
  const members = handles.filter((each) => chart.items.get(each)?.pinned === false && !taken.has(each)).sort()
  const first = members[0]
  if (first === undefined || members.length < Math.max(2, least)) return chart
  const spots = members.flatMap((each) => chart.items.get(each) ?? [])
  const mean = (of: (spot: Spot) => number) => spots.reduce((sum, spot) => sum + of(spot), 0) / spots.length
  const bundle = { members, x: mean(({ x }) => x), y: mean(({ y }) => y) }
  return { ...chart, bundles: new Map([...chart.bundles, [`bundle:${first}`, bundle]]) }
}

export function typeHidden(chart: Chart, schema: string, hide: boolean): Chart {
  if (chart.hidden.has(schema) === hide) return chart
  const others = [...chart.hidden].filter((each) => each !== schema)
  return { ...chart, hidden: new Set(hide ? [...others, schema] : others) }
}

export function spanned(chart: Chart, span: Span): Chart {
  return span.from === chart.span.from && span.until === chart.span.until ? chart : { ...chart, span }
}

export function noted(chart: Chart, handle: Handle, words: string): Chart {
  if ((chart.notes.get(handle) ?? '') === words || !chart.items.has(handle)) return chart
  const notes = new Map(chart.notes)
  if (words) notes.set(handle, words)
  else notes.delete(handle)
  return { ...chart, notes }
}

export function sizedByLinks(chart: Chart, sized: boolean): Chart {
  return chart.sized === sized ? chart : { ...chart, sized }
}

/** Records that a link joins with one of these. */
export function neighbours(chart: Chart, handles: Iterable<Handle>): ReadonlySet<Handle> {
  const of = new Set(handles)
  const found = new Set<Handle>()
  for (const { source, target } of chart.links.values()) {
    if (of.has(source)) found.add(target)
    if (of.has(target)) found.add(source)
  }
  return found
}
