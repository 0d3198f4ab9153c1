import type { ResultOf } from 'gql.tada'
import type { networkChanges, networkOn, networkReplay } from '../../generated/texts'

export type OnADayTold = ResultOf<typeof networkOn>['networkOn']
export type ReplayTold = ResultOf<typeof networkReplay>['networkReplay']
export type ChangesTold = ResultOf<typeof networkChanges>['networkChanges']
export type Standing = OnADayTold['facts'][number]
export type Happened = ReplayTold['events'][number]
export type Change = ChangesTold['changes'][number]
export type Thing = OnADayTold['things'][number]
/** What every look at a past tells beside its findings. */
export type Rest = Pick<
  OnADayTold,
  'things' | 'withoutTime' | 'knownBy' | 'sharedBy' | 'assumes' | 'cannotSay' | 'complete' | 'completeness' | 'stopped' | 'questions' | 'nodes'
>
/** Whose a fact is, since when its owner's node has it in this version, and since when it is here. */
export type Known = Pick<Standing, 'handle' | 'owner' | 'handling' | 'version' | 'recordedAt' | 'sharedAt'>
