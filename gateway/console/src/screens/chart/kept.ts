/* What this browser keeps of a chart: handles, places and choices, never a word of a record. */
import { EMPTY, linkId } from './model'
import type { Chart, Item, Link, Tie } from './model'

const TIES: readonly string[] = ['RECORD', 'REFERENCE', 'IDENTIFIER'] satisfies Tie[]

/** A chart as this browser lists it. */
export interface KeptChart {
  readonly id: string
  /** ISO 8601, when it was last changed. */
  readonly at: string
  readonly items: number
}

/** Where the charts of one person at one node are kept; other people of the browser have other places. */
export function placeOf(person: { node: string; name: string; unit: string }): string {
  let sum = 0x811c9dc5 // FNV-1a: not a secret, only another place for another person
  for (const each of `${person.name}\n${person.unit}`) sum = Math.imul(sum ^ (each.codePointAt(0) ?? 0), 0x01000193)
  return `entente.chart.${person.node}.${(sum >>> 0).toString(36)}`
}

export function written(chart: Chart): string {
  return JSON.stringify({
    items: [...chart.items].map(([handle, { x, y, pinned, from }]) => [handle, x, y, pinned, from]),
    links: [...chart.links.values()].map(({ source, target, tie, what, handles }) => [source, target, tie, what, handles]),
    bundles: [...chart.bundles].map(([id, { members, x, y }]) => [id, members, x, y]),
    hidden: [...chart.hidden],
    span: [chart.span.from, chart.span.until],
    sized: chart.sized,
  })
}

type Plain = Record<string, unknown>
const lists = (value: unknown): unknown[][] => (Array.isArray(value) ? value.filter((each) => Array.isArray(each)) : [])
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
const finite = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

/** A chart from what was kept; whatever is not of its form is left out. */
export function readBack(text: string | null): Chart {
  const told = parsed(text)
  const items = new Map<string, Item>()
  for (const [handle, x, y, pinned, from] of lists(told['items']))
    if (typeof handle === 'string')
      items.set(handle, { x: finite(x), y: finite(y), pinned: pinned === true, from: typeof from === 'string' ? from : null })
  const links = new Map<string, Link>()
  for (const [source, target, tie, what, handles] of lists(told['links'])) {
    if (typeof source !== 'string' || typeof target !== 'string' || typeof what !== 'string') continue
    if (typeof tie !== 'string' || !TIES.includes(tie) || !items.has(source) || !items.has(target)) continue
    const link = { source, target, tie: tie as Tie, what, handles: texts(handles) }
    links.set(linkId(link), link)
  }
  const bundles = lists(told['bundles']).flatMap(([id, members, x, y]) => {
    const here = texts(members).filter((each) => items.has(each))
    return typeof id === 'string' && here.length > 1 ? [[id, { members: here, x: finite(x), y: finite(y) }] as const] : []
  })
  const [from = '', until = ''] = texts(told['span'])
  return {
    ...EMPTY,
    items,
    links,
    bundles: new Map(bundles),
    hidden: new Set(texts(told['hidden'])),
    span: { from, until },
    sized: told['sized'] === true,
  }
}

function parsed(text: string | null): Plain {
  try {
    const told: unknown = JSON.parse(text ?? '{}')
    return typeof told === 'object' && told !== null ? (told as Plain) : {}
  } catch {
    return {}
  }
}

/** The charts kept at a place, the newest first. */
export function listed(place: string): readonly KeptChart[] {
  const told = parsed(localStorage.getItem(place))
  return lists(told['charts'])
    .flatMap(([id, at, items]) =>
      typeof id === 'string' && typeof at === 'string' ? [{ id, at, items: finite(items) }] : [],
    )
    .sort((one, other) => other.at.localeCompare(one.at))
}

export function load(place: string, id: string): Chart {
  return readBack(localStorage.getItem(`${place}.${id}`))
}

/** Keeps a chart, and its line in the list; an empty one that was never kept leaves no trace. */
export function keep(place: string, id: string, chart: Chart, now: Date): void {
  const others = listed(place).filter((each) => each.id !== id)
  const known = localStorage.getItem(`${place}.${id}`) !== null
  if (!known && !chart.items.size) return
  localStorage.setItem(`${place}.${id}`, written(chart))
  const lines = [{ id, at: now.toISOString(), items: chart.items.size }, ...others]
  localStorage.setItem(place, JSON.stringify({ charts: lines.map(({ id: each, at, items }) => [each, at, items]) }))
}

export function forget(place: string, id: string): void {
  const others = listed(place).filter((each) => each.id !== id)
  localStorage.removeItem(`${place}.${id}`)
  localStorage.setItem(place, JSON.stringify({ charts: others.map(({ id: each, at, items }) => [each, at, items]) }))
}
