import { describe, expect, it } from 'vitest'
import { risksOf, zoneOf } from './risk'

const ITEM = {
  kind: 'FOLLOW_UP',
  tier: 'core',
  clock: 'RUNNING',
  receivedAt: '2026-11-21T10:00:00Z',
  dueAtLocal: '2026-11-28 11:00:00+01:00 (Europe/Stockholm)',
  subjectCategory: 'SUSPECT_OR_CONVICTED',
  case: 'FR-2026-0418',
  question: [{ name: 'value' }],
}

describe('what an officer looks at twice', () => {
  it('says nothing of an ordinary request', () => expect(risksOf(ITEM)).toEqual([]))
  it('knows the night of the node, not of the browser', () => {
    expect(risksOf({ ...ITEM, receivedAt: '2026-11-21T21:30:00Z' })).toEqual(['NIGHT'])
    expect(risksOf({ ...ITEM, receivedAt: '2026-11-21T20:30:00Z' })).toEqual([])
  })
  it('names each sign', () => {
    const item = { ...ITEM, tier: 'record', clock: 'OVERDUE', subjectCategory: 'VICTIM', question: [{ name: 'text' }] }
    expect(risksOf(item, [{ case: 'SE-1', handling: ['H0', 'H2'] }])).toEqual(['LATE', 'WHOLE', 'BROAD', 'VULNERABLE', 'CODES', 'OTHER_CASE'])
    expect(risksOf({ ...ITEM, question: [] }, Array(21).fill({ case: null, handling: ['H0'] }))).toEqual(['UNSAID', 'MANY'])
  })
  it('reads the zone behind a moment', () => {
    expect(zoneOf(ITEM.dueAtLocal)).toBe('Europe/Stockholm')
    expect(zoneOf('2026-11-28 11:00:00+00:00')).toBe('UTC')
  })
  it('takes a zone that no browser knows for UTC', () => expect(risksOf({ ...ITEM, dueAtLocal: 'x (Nowhere/Land)' })).toEqual([]))
})
