import { describe, expect, it } from 'vitest'
import { LEAST, admitted, changed, complete, daysUntil, fromGrant, fromTemplate, listed, personFor, withPurposes } from './terms'

const NOW = Date.UTC(2026, 10, 21)
const TOLD = {
  recipients: ['fr.ofast'],
  dataset: 'cases',
  schemata: ['*'],
  tier: 'core',
  masked: ['email'],
  cases: ['FR-2026-0418'],
  units: [],
  recordIds: [],
  purposes: ['CROSS_CHECKING', 'OPERATIONAL_ANALYSIS'],
  legalBases: ['ER_20_2A', 'ER_18_2_A'],
  categories: ['WITNESS', 'NOT_A_PERSON'],
  roles: ['analyst'],
  maxRows: 50,
  quota: null,
  expiresAt: '2026-12-05T12:00:00Z',
}

describe('terms of a grant', () => {
  it('begins with the least, which is not complete', () => {
    expect(complete(LEAST)).toBe(false)
    expect(complete({ ...LEAST, recipients: ['fr.ofast'], schemata: ['Seizure'] })).toBe(true)
  })
  it('takes a grant as it stands', () => {
    const terms = fromGrant(TOLD, NOW)
    expect(terms).toMatchObject({ tier: 'CORE', roles: ['ANALYST'], days: 14, cases: ['FR-2026-0418'] })
    expect(complete(terms)).toBe(true)
  })
  it('names only what changes', () => {
    const begin = fromGrant(TOLD, NOW)
    expect(changed({ ...begin, tier: 'CONTACT', masked: ['email'] }, begin)).toEqual({ tier: 'CONTACT' })
  })
  it('takes a template, whose gaps stay open', () => {
    expect(fromTemplate({ ...TOLD, days: 180 })).toMatchObject({ recipients: [], cases: [], days: 180 })
  })
  it('offers only what the law admits', () => {
    expect(admitted(['CROSS_CHECKING']).categories).not.toContain('WITNESS')
    const narrowed = withPurposes(fromGrant(TOLD, NOW), ['CROSS_CHECKING'])
    expect(narrowed).toMatchObject({ legalBases: ['ER_18_2_A'], categories: ['NOT_A_PERSON'] })
    expect(withPurposes(narrowed, ['THREAT_TO_LIFE']).legalBases).toEqual(['ER_22_2'])
  })
  it('is tried on a person whose basis fits the purpose', () => {
    expect(personFor(fromGrant(TOLD, NOW))).toMatchObject({ node: 'fr.ofast', purpose: 'CROSS_CHECKING', legalBasis: 'ER_18_2_A', case: 'FR-2026-0418' })
  })
  it.each([
    ['2026-11-21T00:00:00Z', 0],
    ['2026-11-22T00:00:00Z', 1],
    ['2020-01-01T00:00:00Z', 0],
  ])('%s is %i days away', (at, days) => expect(daysUntil(at, NOW)).toBe(days))
  it('reads lists as people write them', () => expect(listed(' a, b;c\n a')).toEqual(['a', 'b', 'c']))
})
