import type { ResultOf } from 'gql.tada'
import type { search } from '../generated/texts'

type Found = ResultOf<typeof search>['search']

/** The answers of all nodes to one question, side by side; `lookup`, `entity` and `expand` have the same shape. */
export type Picture = Omit<Found, 'ranked' | 'nodes'> & {
  readonly nodes: readonly NodeStatus[]
  readonly ranked?: Found['ranked']
}
export type Claim = Found['claims'][number]
export type RecordShown = Claim['record']
export type NodeStatus = Omit<Found['nodes'][number], 'next'> & { readonly next?: string | null }

/** Nodes whose silence makes the picture incomplete; a no-hit is an answer. */
export function silent(nodes: readonly NodeStatus[]): readonly NodeStatus[] {
  return nodes.filter(({ status }) => ['TIMED_OUT', 'UNREACHABLE', 'INVALID_ANSWER'].includes(status))
}
