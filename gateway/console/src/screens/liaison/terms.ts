import type { ApiRole, Category, LegalBasis, Purpose, Tier } from '../../api/vocabulary'
import { BASES, REACH } from '../../generated/law'

/** How often a recipient may ask, and see; `null` is no limit. */
export interface Quota {
  readonly questionsHour: number | null
  readonly questionsDay: number | null
  readonly rowsHour: number | null
  readonly rowsDay: number | null
}

/** What an officer is about to share, in the words of the API. */
export interface Terms {
  readonly recipients: string[]
  readonly dataset: string
  readonly schemata: string[]
  readonly tier: Tier
  readonly masked: string[]
  readonly cases: string[]
  readonly units: string[]
  readonly recordIds: string[]
  readonly purposes: Purpose[]
  readonly legalBases: LegalBasis[]
  readonly categories: Category[]
  readonly roles: ApiRole[]
  readonly days: number
  readonly maxRows: number
  readonly quota: Quota | null
}

/** The grant of which new terms are the next version, with its own terms. */
export interface Before {
  readonly id: string
  readonly terms: Terms
}

/** Terms as the API tells them: codes as plain texts. */
interface Told {
  readonly schemata: readonly string[]
  readonly tier: string
  readonly masked: readonly string[]
  readonly purposes: readonly string[]
  readonly legalBases: readonly string[]
  readonly categories: readonly string[]
  readonly roles: readonly string[]
  readonly quota: Quota | null
}
export interface ToldGrant extends Told {
  readonly recipients: readonly string[]
  readonly dataset: string
  readonly cases: readonly string[]
  readonly units: readonly string[]
  readonly recordIds: readonly string[]
  readonly maxRows: number
  readonly expiresAt: string
}

const DAY = 86_400_000
export const TIERS = ['HIT', 'CONTACT', 'CORE', 'RECORD'] as const satisfies readonly Tier[]
export const ALL_PURPOSES = [
  'OPERATIONAL_ANALYSIS',
  'CROSS_CHECKING',
  'INFORMATION_EXCHANGE',
  'STRATEGIC_ANALYSIS',
  'THREAT_TO_LIFE',
] as const satisfies readonly Purpose[]

/** What a new grant begins with: the least that a partner's analyst can be given. */
export const LEAST: Terms = {
  recipients: [],
  dataset: '*',
  schemata: [],
  tier: 'CONTACT',
  masked: [],
  cases: [],
  units: [],
  recordIds: [],
  purposes: ['OPERATIONAL_ANALYSIS'],
  legalBases: ['ER_20_2A'],
  categories: ['NOT_A_PERSON'],
  roles: ['ANALYST'],
  days: 30,
  maxRows: 200,
  quota: null,
}

function codes(told: Told) {
  return {
    schemata: [...told.schemata],
    tier: told.tier.toUpperCase() as Tier,
    masked: [...told.masked],
    purposes: [...told.purposes] as Purpose[],
    legalBases: [...told.legalBases] as LegalBasis[],
    categories: [...told.categories] as Category[],
    roles: told.roles.map((each) => each.toUpperCase()) as ApiRole[],
    quota: told.quota && { ...told.quota },
  }
}

/** The terms of a template; what must be given is still empty. */
export function fromTemplate(told: Told & { readonly days: number }): Terms {
  return { ...LEAST, ...codes(told), days: told.days }
}

/** The terms of a grant or a draft, from `now` on. */
export function fromGrant(told: ToldGrant, now: number): Terms {
  return {
    ...codes(told),
    recipients: [...told.recipients],
    dataset: told.dataset,
    cases: [...told.cases],
    units: [...told.units],
    recordIds: [...told.recordIds],
    maxRows: told.maxRows,
    days: Math.max(1, daysUntil(told.expiresAt, now)),
  }
}

/** Of the terms only those that differ from what they began as; what is not named stays. */
export function changed(terms: Terms, begin: Terms): Partial<Terms> {
  const names = (Object.keys(terms) as (keyof Terms)[]).filter((name) => JSON.stringify(terms[name]) !== JSON.stringify(begin[name]))
  return Object.fromEntries(names.map((name) => [name, terms[name]]))
}

/** Whole days from `now` (milliseconds) to a moment; 0 when it is past or within the day. */
export function daysUntil(at: string, now: number): number {
  return Math.max(0, Math.floor((new Date(at).getTime() - now) / DAY))
}

/** Legal bases and categories that the law admits for at least one of the purposes. */
export function admitted(purposes: readonly Purpose[]): { bases: readonly LegalBasis[]; categories: readonly Category[] } {
  const bases = new Set<LegalBasis>(purposes.flatMap((each) => BASES[each] as readonly LegalBasis[]))
  const categories = new Set<Category>(purposes.flatMap((each) => REACH[each] as readonly Category[]))
  return { bases: [...bases], categories: [...categories] }
}

/** The terms with these purposes: what the law no longer admits is taken out, and nothing is left empty. */
export function withPurposes(terms: Terms, purposes: Purpose[]): Terms {
  const { bases, categories } = admitted(purposes)
  const kept = terms.legalBases.filter((each) => bases.includes(each))
  return {
    ...terms,
    purposes,
    legalBases: kept.length ? kept : bases.slice(0, 1),
    categories: terms.categories.filter((each) => categories.includes(each)),
  }
}

/** Whether the node can say the terms in a sentence: nothing that must be there is empty. */
export function complete(terms: Terms): boolean {
  const { recipients, schemata, purposes, legalBases, categories, roles, dataset, days } = terms
  return [recipients, schemata, purposes, legalBases, categories, roles].every((each) => each.length > 0) && dataset !== '' && days >= 1
}

/** A list as people write it, separated by blanks, commas or semicolons. */
export function listed(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))]
}

export interface Person {
  readonly node: string
  readonly purpose: Purpose
  readonly legalBasis: LegalBasis
  readonly subjectCategory: Category
  readonly case: string
  readonly offence: string
  readonly roles: ApiRole[]
  readonly unit: string
}

/** A person of the first recipient for whom the terms are made, as `entente preview` takes one. */
export function personFor(terms: Omit<Terms, 'days'>, node?: string): Person {
  const purpose = terms.purposes[0] ?? 'OPERATIONAL_ANALYSIS'
  const fit: readonly LegalBasis[] = BASES[purpose]
  return {
    node: node ?? terms.recipients[0] ?? '',
    purpose,
    legalBasis: terms.legalBases.find((each) => fit.includes(each)) ?? terms.legalBases[0] ?? 'NATIONAL',
    subjectCategory: 'SUSPECT_OR_CONVICTED',
    case: terms.cases[0] ?? 'PREVIEW',
    offence: 'DRUG_TRAFFICKING',
    roles: [terms.roles[0] ?? 'ANALYST'],
    unit: terms.units[0] ?? 'unit-1',
  }
}
