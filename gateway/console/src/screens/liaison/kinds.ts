import type { ResultOf } from 'gql.tada'
import type { graphql } from '../../api/graphql'
import type { decideFollowUp, inbox } from '../../generated/texts'

export type Item = ResultOf<typeof inbox>['inbox'][number]
export type Matched = ResultOf<typeof decideFollowUp>['decideFollowUp']['records'][number]
export type Kind = ReturnType<typeof graphql.scalar<'ItemKind'>>

/** Every kind of item that the node knows. */
export const KINDS = [
  'FOLLOW_UP',
  'CONSENT',
  'BREAK_GLASS',
  'RECALL_OVERDUE',
  'RECALL_PROPOSED',
  'ALERT_GIVEN',
  'DECONFLICTION',
  'EVIDENCE_RULING',
] as const satisfies readonly Kind[]

/** Reasons that a person can have to refuse, as the node takes them. */
export const FOLLOW_UP_REFUSALS = [
  'PURPOSE_NOT_COVERED',
  'CATEGORY_NOT_COVERED',
  'CASE_NOT_COVERED',
  'HANDLING_CODE',
  'UNCATEGORISED',
  'RETENTION_EXPIRED',
  'ONGOING_INVESTIGATION',
  'THIRD_PARTY_CONSENT',
  'JUDICIAL_AUTHORISATION_NEEDED',
  'POLICY',
] as const
export const CONSENT_REFUSALS = [
  'THIRD_PARTY_CONSENT',
  'JUDICIAL_AUTHORISATION_NEEDED',
  'HANDLING_CODE',
  'ONGOING_INVESTIGATION',
  'RETENTION_EXPIRED',
  'POLICY',
] as const
