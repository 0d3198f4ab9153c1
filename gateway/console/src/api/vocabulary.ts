import type { graphql } from './graphql'

type Code<Name extends Parameters<typeof graphql.scalar>[0]> = ReturnType<typeof graphql.scalar<Name>>

export type Purpose = Code<'Purpose'>
export type LegalBasis = Code<'LegalBasis'>
export type Category = Code<'SubjectCategory'>
export type Aim = Code<'Aim'>
export type Urgency = Code<'Urgency'>
export type Mode = Code<'Mode'>
export type Tier = Code<'Tier'>
export type ApiRole = Code<'Role'>
export type ApiLanguage = Code<'Language'>

/** Codes of the schema that forms offer, in the order in which people think of them. */
export const AIMS = ['MORE_DATA_ON_KNOWN', 'IDENTIFY_PERSON'] as const satisfies readonly Aim[]
export const PURPOSES = [
  'OPERATIONAL_ANALYSIS',
  'CROSS_CHECKING',
  'INFORMATION_EXCHANGE',
  'STRATEGIC_ANALYSIS',
] as const satisfies readonly Purpose[]
/** Forms of crime of Annex I to the Europol Regulation; `code.offence` has their names. */
export const OFFENCES = [
  'TERRORISM', 'ORGANISED_CRIME', 'DRUG_TRAFFICKING', 'MONEY_LAUNDERING', 'NUCLEAR_SUBSTANCES', 'IMMIGRANT_SMUGGLING', 'HUMAN_TRAFFICKING',
  'MOTOR_VEHICLE_CRIME', 'MURDER', 'ORGAN_TRADE', 'KIDNAPPING', 'RACISM', 'ROBBERY', 'CULTURAL_GOODS', 'FRAUD', 'UNION_FINANCES', 'INSIDER_DEALING',
  'EXTORTION', 'COUNTERFEITING', 'FORGED_DOCUMENTS', 'FORGED_MONEY', 'COMPUTER_CRIME', 'CORRUPTION', 'ARMS_TRAFFICKING', 'ENDANGERED_ANIMALS',
  'ENDANGERED_PLANTS', 'ENVIRONMENTAL_CRIME', 'HORMONES', 'SEXUAL_EXPLOITATION', 'WAR_CRIMES',
] as const
export const URGENCIES = ['ORDINARY', 'URGENT', 'URGENT_DIRECT'] as const satisfies readonly Urgency[]
export const MORE_TIERS = ['CONTACT', 'CORE', 'RECORD'] as const satisfies readonly Mode[]

/** The console's language, as the API names it. */
export function apiLanguage(language: 'en' | 'fr' | 'sv'): ApiLanguage {
  return ({ en: 'EN', fr: 'FR', sv: 'SV' } as const)[language]
}
