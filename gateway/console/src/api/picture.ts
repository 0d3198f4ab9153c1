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

/** The answers of several questions as one picture: of a node, what it said last. The first one gives the id. */
export function joined(pictures: readonly Picture[]): Picture | undefined {
  const [first] = pictures
  if (!first) return undefined
  const last = new Map(pictures.flatMap((picture) => picture.nodes.map(({ node }) => [node, picture] as const)))
  const said = <Part>(part: (picture: Picture, node: string) => readonly Part[]) =>
    [...last].sort(([one], [other]) => (one < other ? -1 : 1)).flatMap(([node, picture]) => part(picture, node))
  const claims = said((picture, node) => picture.claims.filter((each) => each.node === node))
  const shown = new Set(claims.map(({ handle }) => handle))
  const nodes = said((picture, node) => picture.nodes.filter((each) => each.node === node))
  const candidates = new Map(
    pictures
      .flatMap((picture) => picture.candidates)
      .map((each) => ({ ...each, handles: each.handles.filter((handle) => shown.has(handle)) }))
      .filter(({ handles }) => handles.length > 1)
      .map((each) => [`${each.kind} ${each.normal}`, each] as const),
  )
  const ranked = said(
    (picture, node) => picture.ranked?.filter(({ handle }) => handle.startsWith(`${node}/`)) ?? [],
  ).sort((one, other) => other.score - one.score || (one.handle < other.handle ? -1 : 1))
  return {
    queryId: first.queryId,
    complete: nodes.every(({ status, more }) => (status === 'ANSWERED' || status === 'NO_HIT') && !more),
    nodes,
    claims,
    candidates: [...candidates.values()],
    ...(first.ranked ? { ranked } : {}),
  }
}

/** The question that a node's answer belongs to: the last one that it was asked. */
export function questionOf(pictures: readonly Picture[], node: string): Picture | undefined {
  return pictures.findLast((picture) => picture.nodes.some((each) => each.node === node))
}
