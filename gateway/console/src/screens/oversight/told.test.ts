import { expect, test } from 'vitest'
import { told } from './told'

test('the sentences of the rules are taken apart', () => {
  expect(told('SELF_LOOKUP: 1 questions from 2026-11-18T02:14:07Z to 2026-11-18T02:14:07Z')).toEqual({
    kind: 'asked',
    count: 1,
    from: '2026-11-18T02:14:07Z',
    to: '2026-11-18T02:14:07Z',
  })
  expect(told('VOLUME: 41 questions on 2026-11-18, ordinary are up to 30')).toEqual({ kind: 'volume', count: 41, day: '2026-11-18', limit: 30 })
})

test('any other text stays as it is', () => {
  for (const text of ['', 'LOG_FORKED: two heads', 'NO_CASE: many questions', 'VOLUME: 41 questions on a day, ordinary are up to 30']) {
    expect(told(text)).toBeNull()
  }
})
