/* A picture of what was exported, from the export alone: nothing that may not leave can be in it. */
import type { Claim } from '../../api/picture'
import { attracted } from './attraction'
import type { Contents } from './contents'
import { NOTHING, claimOf, references, schemaOf } from './contents'
import { kindOf } from './kinds'
import { networkOf, spotsOf } from './layout'
import { EMPTY, laidOut, linkId } from './model'
import type { Chart, Link, Spot } from './model'
import { gathered } from './room'

interface Exported {
  readonly handle: string
  readonly node: string
  readonly record: { readonly schema: string; readonly caption: string | null; readonly properties: readonly { readonly name: string; readonly values: readonly string[] }[] }
}

/** Records as a chart: one that names two others and has no sign of its own is the line between them. */
export function chartOf(records: readonly Exported[], known: ReadonlyMap<string, Spot>): { readonly chart: Chart; readonly contents: Contents } {
  const claims = new Map(records.map((each) => [each.handle, { state: 'shown', claim: each as unknown as Claim }] as const))
  const contents: Contents = { ...NOTHING, records: claims }
  const all = new Set(claims.keys())
  const named = references(contents, all)
  const lines = new Map<string, Link>()
  for (const handle of all) {
    const ends = [...new Set(named.filter(({ source }) => source === handle).map(({ target }) => target))]
    const [source, target] = ends
    if (ends.length !== 2 || source === undefined || target === undefined || kindOf(schemaOf(contents, handle)).sign !== 'unknown') continue
    const line: Link = { source, target, tie: 'RECORD', what: claimOf(contents, handle)?.record.schema ?? '', handles: [handle] }
    lines.set(handle, line)
  }
  const things = [...all].filter((each) => !lines.has(each))
  const links = [...lines.values(), ...named].filter(({ source, target }) => !lines.has(source) && !lines.has(target))
  const placed = things.map((handle) => ({ handle, spot: known.get(handle) ?? { x: 0, y: 0 } }))
  const unique = [...new Map(links.map((each) => [linkId(each), each])).values()]
  const chart = gathered(EMPTY, placed, unique, (handle) => schemaOf(contents, handle))
  const free = new Set(things.filter((each) => !known.has(each)))
  return { chart: free.size ? laidOut(chart, settled(chart, free)) : chart, contents }
}

function settled(chart: Chart, free: ReadonlySet<string>): ReadonlyMap<string, Spot> {
  const { network, names } = networkOf(chart, free)
  const turns = attracted(network)
  for (;;) {
    const { value, done } = turns.next()
    if (done) return spotsOf(names, free, value)
  }
}
