import { expect, test } from 'vitest'
import { sayMoments } from './zoned'

test('moments of the node are said in its zone, as people write them', () => {
  const told = 'from 2026-01-01 00:00:00+00:00 (UTC) until 2031-07-01 12:30:00+02:00 (Europe/Paris).'
  expect(sayMoments(told, 'en')).toBe('from 1 Jan 2026, 00:00 UTC until 1 Jul 2031, 12:30 CEST.')
  expect(sayMoments(told, 'fr')).toMatch(/^from 1 janv\. 2026.*00:00 UTC until 1 juil\. 2031.*12:30 UTC\+2\.$/)
})

test('what is no moment, or is in an unknown zone, stays as it is', () => {
  for (const told of ['2026-01-01', 'the box of 2026-01-01 00:00', '2026-01-01 00:00:00+00:00 (No/Where)'])
    expect(sayMoments(told, 'sv')).toBe(told)
})
