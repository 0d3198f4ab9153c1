import { initGraphQLTada } from 'gql.tada'
import type { introspection } from '../generated/schema'

/** The types of the node's own GraphQL schema; its golden file is `gateway/graphql/schema.graphql`. */
export const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: { ID: string }
}>()
