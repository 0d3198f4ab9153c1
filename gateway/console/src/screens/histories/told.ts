import type { ResultOf } from 'gql.tada'
import type { Claim } from '../../api/picture'
import type { vesselHistory } from '../../generated/texts'

export type VesselTold = ResultOf<typeof vesselHistory>['vesselHistory']
export type Entry = VesselTold['entries'][number]
export type Seen = VesselTold['events'][number]

/** What a record says of itself, as its owner wrote it. */
export function saidBy(claim: Claim | undefined, property: string): readonly string[] {
  return claim?.record.properties.find(({ name }) => name === property)?.values ?? []
}
