import { expect, it } from 'vitest'
import { lastWeek, perDay } from './weeks'

it.each([
  ['2026-11-21T12:00:00Z', '2026-W46'],
  ['2026-11-23T00:00:00Z', '2026-W47'],
  ['2027-01-04T00:00:00Z', '2026-W53'],
  ['2026-01-01T00:00:00Z', '2025-W52'],
])('at %s the last week was %s', (now, week) => expect(lastWeek(new Date(now))).toBe(week))

it('counts per day, empty days included', () => {
  expect(perDay(['2026-11-20T10:00:00Z', '2026-11-18T09:00:00Z', '2026-11-20T11:00:00Z'])).toEqual([
    { day: '2026-11-18', count: 1 },
    { day: '2026-11-19', count: 0 },
    { day: '2026-11-20', count: 2 },
  ])
  expect(perDay([])).toEqual([])
})
