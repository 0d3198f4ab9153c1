import type { ResultOf } from 'gql.tada'
import type { Claim } from '../../api/picture'
import type { chartNetwork } from '../../generated/texts'
import { linkId } from './model'
import type { Handle, Link, Tie } from './model'

export type NetworkReply = ResultOf<typeof chartNetwork>['network']

/** What is known of a record since its node was last asked; one that is not here was not asked for yet. */
export type Known =
  /** `query` is the question that it was shown for, for who wants to know why something of it is withheld. */
  | { readonly state: 'shown'; readonly claim: Claim; readonly query?: string }
  | { readonly state: 'withdrawn'; readonly reasons: readonly string[] }
  | { readonly state: 'silent'; readonly reasons: readonly string[] }

/** Everything that nodes said in this tab; it is gone when the tab is. */
export interface Contents {
  readonly records: ReadonlyMap<Handle, Known>
  /** A sentence for each tie, by the link's id, in the language in which it was asked. */
  readonly sentences: ReadonlyMap<string, string>
}

export const NOTHING: Contents = { records: new Map(), sentences: new Map() }

export function nodeOf(handle: Handle): string {
  return handle.slice(0, handle.indexOf('/'))
}

export function claimOf(contents: Contents, handle: Handle): Claim | undefined {
  const known = contents.records.get(handle)
  return known?.state === 'shown' ? known.claim : undefined
}

export function schemaOf(contents: Contents, handle: Handle): string {
  return claimOf(contents, handle)?.record.schema ?? ''
}

type Reply = Pick<NetworkReply, 'vertices' | 'ties' | 'claims' | 'nodes' | 'asked'>

/** Ties of an answer as links between handles; each vertex is one record, because nothing is merged here. */
export function linksOf(reply: Reply): readonly (Link & { sentence: string })[] {
  const handle = (place: number) => reply.vertices[place]?.handles[0] ?? ''
  return reply.ties.map(({ source, target, tie, what, handles, sentence }) => ({
    source: handle(source),
    target: handle(target),
    tie: tie as Tie,
    what,
    handles,
    sentence,
  }))
}

/** What an answer adds. A record that was asked for and not shown was withdrawn, unless its node was silent. */
export function learned(contents: Contents, asked: Iterable<Handle>, reply: Reply): Contents {
  const records = new Map(contents.records)
  const sentences = new Map(contents.sentences)
  const heard = new Map(reply.nodes.map((each) => [each.node, each]))
  for (const handle of asked) {
    const node = heard.get(nodeOf(handle))
    const answered = node?.status === 'ANSWERED' || node?.status === 'NO_HIT'
    const reasons = node?.reasons.length ? node.reasons : [node?.status ?? 'UNREACHABLE']
    records.set(handle, answered ? { state: 'withdrawn', reasons: node.reasons } : { state: 'silent', reasons })
  }
  const queries = new Map(reply.asked.map(({ receipt, queryId }) => [receipt, queryId]))
  for (const claim of reply.claims) {
    const query = queries.get(claim.receipt)
    records.set(claim.handle, query === undefined ? { state: 'shown', claim } : { state: 'shown', claim, query })
  }
  for (const link of linksOf(reply)) sentences.set(linkId(link), link.sentence)
  return { records, sentences }
}

/** References that records name themselves: a value that is the id of another record of the same node. */
export function references(contents: Contents, among: ReadonlySet<Handle>): readonly Link[] {
  const found: Link[] = []
  for (const handle of among) {
    const claim = claimOf(contents, handle)
    for (const { name, values } of claim?.record.properties ?? [])
      for (const value of values) {
        const target = `${nodeOf(handle)}/${value}`
        if (target !== handle && among.has(target))
          found.push({ source: handle, target, tie: 'REFERENCE', what: name, handles: [handle] })
      }
  }
  return found
}

/** What of these types an answer has around records, the best linked first, so that a cut leaves the least. */
export function around(handles: readonly Handle[], schemata: ReadonlySet<string>, links: readonly Link[], known: Contents): readonly Handle[] {
  const start = new Set(handles)
  const wanted = new Set<Handle>()
  const degrees = new Map<Handle, number>()
  for (const { source, target, tie, what } of links) {
    for (const end of [source, target]) degrees.set(end, (degrees.get(end) ?? 0) + 1)
    const other = start.has(source) ? target : start.has(target) ? source : null
    if (other === null || start.has(other)) continue
    if (schemata.has(schemaOf(known, other)) || (tie === 'RECORD' && schemata.has(what))) wanted.add(other)
  }
  return [...wanted].sort((one, other) => (degrees.get(other) ?? 0) - (degrees.get(one) ?? 0))
}
