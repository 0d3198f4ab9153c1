import { visibleText } from '../../parts/visible'
import type { Contents } from './contents'
import { claimOf, nodeOf, schemaOf } from './contents'
import { inSpan } from './dates'
import { kindOf } from './kinds'
import type { Family, Sign } from './kinds'
import { bundleOf, linkId } from './model'
import type { Chart, Handle, Link, Spot } from './model'
import type { News } from './steps'

/** What a record looks like: one of its own, several drawn as one, or a stub without content. */
export type State = 'shown' | 'unasked' | 'withdrawn' | 'silent' | 'bundle'

export interface ShownNode extends Spot {
  readonly id: string
  readonly handles: readonly Handle[]
  readonly schema: string
  readonly sign: Sign
  readonly family: Family
  /** Its owner; empty for a bundle of several. */
  readonly node: string
  readonly label: string
  readonly pinned: boolean
  readonly state: State
  readonly noted: boolean
  /** It, or one of those drawn as it, came by the last step that brought something. */
  readonly fresh: boolean
  readonly links: number
}

export interface ShownLink {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly label: string
  /** A stub stands at one of its ends, or it rests on an identifier alone. */
  readonly dashed: boolean
  /** What two have in common has no direction. */
  readonly directed: boolean
  readonly fresh: boolean
  /** The links of the chart that it stands for. */
  readonly of: readonly string[]
}

export interface View {
  readonly nodes: readonly ShownNode[]
  readonly links: readonly ShownLink[]
  /** How many records are not drawn, by their type and by their time. */
  readonly hiddenByType: number
  readonly hiddenByTime: number
}

/** The words of the person's language that a chart needs. */
export interface Words {
  readonly code: (kind: string, value: string) => string
  readonly t: (key: 'chart.bundle' | 'chart.shared' | 'chart.stub.unasked' | 'chart.stub.withdrawn' | 'chart.stub.silent', values?: Record<string, string | number>) => string
}

const LONGEST = 60
const NO_NEWS: News = { records: new Set(), links: new Set() }

/** A record's name for places that take plain text only. */
export function nameOf(contents: Contents, handle: Handle, { code, t }: Words): string {
  const known = contents.records.get(handle)
  if (known?.state !== 'shown') return t(`chart.stub.${known?.state ?? 'unasked'}`, { node: nodeOf(handle) })
  const { caption, schema } = known.claim.record
  const name = visibleText(caption ?? '') || code('schema', schema)
  return name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name
}

/** What a link says beside its line. */
export function labelOf(contents: Contents, link: Link, { code, t }: Words): string {
  if (link.tie === 'IDENTIFIER') return t('chart.shared', { what: code('identifier', link.what) })
  if (link.tie === 'REFERENCE') return code('property', link.what)
  const told = claimOf(contents, link.handles[0] ?? '')?.record.properties ?? []
  const role = told.find(({ name }) => name === 'role' || name === 'relationship')?.values[0]
  return role ? visibleText(role).slice(0, LONGEST) : code('schema', link.what)
}

/** What is drawn of a chart: without hidden types and times, bundles as one, links between what is drawn. */
export function drawn(chart: Chart, contents: Contents, words: Words, news: News = NO_NEWS): View {
  const inside = bundleOf(chart)
  const degrees = new Map<string, number>()
  const nodes = new Map<string, ShownNode>()
  const gathered = new Map<string, Handle[]>()
  let [hiddenByType, hiddenByTime] = [0, 0]
  for (const [handle, item] of chart.items) {
    const claim = claimOf(contents, handle)
    const schema = schemaOf(contents, handle)
    if (chart.hidden.has(schema)) hiddenByType += 1
    else if (claim && !inSpan(claim, chart.span)) hiddenByTime += 1
    else {
      const bundle = inside.get(handle)
      if (bundle) gathered.set(bundle, [...(gathered.get(bundle) ?? []), handle])
      else {
        const state = contents.records.get(handle)?.state ?? 'unasked'
        nodes.set(handle, {
          id: handle, handles: [handle], schema, ...kindOf(schema), node: nodeOf(handle), label: nameOf(contents, handle, words),
          x: item.x, y: item.y, pinned: item.pinned, state, noted: chart.notes.has(handle),
          fresh: news.records.has(handle), links: 0,
        })
      }
    }
  }
  for (const [id, handles] of gathered) nodes.set(id, { ...bundled(chart, contents, words, id, handles), fresh: handles.some((each) => news.records.has(each)) })
  const links = new Map<string, ShownLink>()
  for (const link of chart.links.values()) {
    const [source, target] = [inside.get(link.source) ?? link.source, inside.get(link.target) ?? link.target]
    const [one, other] = [nodes.get(source), nodes.get(target)]
    const told = claimOf(contents, link.handles[0] ?? '')
    if (!one || !other || one === other || (told && link.tie === 'RECORD' && !inSpan(told, chart.span))) continue
    const label = labelOf(contents, link, words)
    const id = one.state === 'bundle' || other.state === 'bundle' ? `${source}|${target}|${label}` : linkId(link)
    const dashed = link.tie === 'IDENTIFIER' || one.state === 'withdrawn' || other.state === 'withdrawn'
    const before = links.get(id)
    const fresh = (before?.fresh ?? false) || news.links.has(linkId(link))
    links.set(id, { id, source, target, label, dashed, directed: link.tie !== 'IDENTIFIER', fresh, of: [...(before?.of ?? []), linkId(link)] })
  }
  for (const { source, target } of links.values())
    for (const end of [source, target]) degrees.set(end, (degrees.get(end) ?? 0) + 1)
  return {
    nodes: [...nodes.values()].map((each) => ({ ...each, links: degrees.get(each.id) ?? 0 })),
    links: [...links.values()],
    hiddenByType,
    hiddenByTime,
  }
}

function bundled(chart: Chart, contents: Contents, words: Words, id: string, handles: readonly Handle[]): ShownNode {
  const schema = schemaOf(contents, handles[0] ?? '')
  const of = new Map<string, number>()
  for (const each of handles) {
    const country = nodeOf(each).slice(0, 2).toUpperCase()
    of.set(country, (of.get(country) ?? 0) + 1)
  }
  const owners = new Set(handles.map(nodeOf))
  const split = [...of].sort().map(([country, count]) => `${country} ${count}`).join(', ')
  const label = words.t('chart.bundle', { count: handles.length, what: words.code('schema', schema), split })
  const { x, y } = chart.bundles.get(id) ?? { x: 0, y: 0 }
  return {
    id, handles, schema, sign: 'many', family: kindOf(schema).family, node: owners.size === 1 ? ([...owners][0] ?? '') : '',
    label, x, y, pinned: false, state: 'bundle', noted: false, fresh: false, links: 0,
  }
}
