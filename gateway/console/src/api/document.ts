import type { DocumentDecoration, ResultOf, VariablesOf } from 'gql.tada'

/** A document that the node trusts, by its digest; its text stays at the node. */
export interface Document<Result, Variables> {
  readonly id: string
  readonly kind: 'query' | 'mutation'
  /** Never there: it carries the types. */
  readonly types?: (variables: Variables) => Result
}

type Text = DocumentDecoration
type Typed<T extends Text> = Document<ResultOf<T>, VariablesOf<T>>

export function query<T extends Text>(id: string): Typed<T> {
  return { id, kind: 'query' }
}

export function mutation<T extends Text>(id: string): Typed<T> {
  return { id, kind: 'mutation' }
}
