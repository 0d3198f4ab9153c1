import { expect, test } from 'vitest'
import { addressOf, pastOf, questionOf, typed } from './question'

const NOW = Date.UTC(2026, 10, 22)

test('an empty address asks about today, one tie away', () => {
  const asked = questionOf(new URLSearchParams(), NOW)
  expect(asked).toMatchObject({ look: 'day', day: '2026-11-22', since: '2026-05-24', until: '2026-11-22', hops: 1, days: 90 })
})

test('the address of a question is that question again', () => {
  for (const told of ['of=a/1&of=b/2&look=replay&since=2026-01-15&until=2026-06-15&hops=3&days=0&known=2026-02-01', 'picture=pic-1&look=day&day=2026-06-15&shared=2026-03-01']) {
    const asked = questionOf(new URLSearchParams(told), NOW)
    expect(questionOf(addressOf(asked), NOW)).toEqual({ ...asked, ...(asked.look === 'day' ? {} : { day: '2026-11-22' }) })
  }
})

test('what an address says wrongly is as usual, not asked', () => {
  const asked = questionOf(new URLSearchParams('look=all&day=yesterday&hops=9&days=-1&known=x'), NOW)
  expect(pastOf(asked)).toEqual({ handles: [], picture: '', same: [], hops: 1, days: 90, knownBy: '', sharedBy: '' })
  expect(asked.day).toBe('2026-11-22')
})

test('records are typed with lines, commas or spaces, each once', () => {
  expect(typed(' a/1,b/2\n a/1 ;c/3 ')).toEqual(['a/1', 'b/2', 'c/3'])
})
