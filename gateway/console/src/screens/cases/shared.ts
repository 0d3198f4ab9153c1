import type { ResultOf } from 'gql.tada'
import type { pictureDifference, sharedPicture, sharedPictures } from '../../generated/texts'

export type CaseRow = ResultOf<typeof sharedPictures>['sharedPictures'][number]
export type Case = ResultOf<typeof sharedPicture>['sharedPicture']
export type PlacedRecord = Case['records'][number]
export type Text = Case['texts'][number]
export type Version = Text['versions'][number]
export type Assertion = Case['asserted'][number]
export type Difference = ResultOf<typeof pictureDifference>['pictureDifference']
export type Written = Difference['added'][number]
export type HighWater = NonNullable<Version['mark']>

/** What a record is called: its caption where its node shows one, else its handle. */
export function caption(records: readonly PlacedRecord[], handle: string): string {
  return records.find((each) => each.handle === handle)?.claim?.record.caption ?? handle
}
