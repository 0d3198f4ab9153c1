import { describe, expect, it } from 'vitest'
import { left } from './left'

const NOW = Date.parse('2026-11-21T12:00:00Z')

describe('time left', () => {
  it('is told in its largest unit, never more than there is', () => {
    expect(left('2026-11-21T13:30:00+00:00', NOW)).toEqual({ key: 'cases.standing.minutes', count: 90 })
    expect(left('2026-11-22T12:59:00+00:00', NOW)).toEqual({ key: 'cases.standing.hours', count: 24 })
    expect(left('2026-11-24T11:00:00+00:00', NOW)).toEqual({ key: 'cases.standing.days', count: 2 })
  })
  it('is none once it is over, or when there is no end', () => {
    expect(left('2026-11-21T11:59:00+00:00', NOW)).toBeNull()
    expect(left('never', NOW)).toBeNull()
  })
})
