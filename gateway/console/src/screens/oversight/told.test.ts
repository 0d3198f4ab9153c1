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

test('so is what witnessing brought to light', () => {
  expect(told('no quorum of witnesses has cosigned the log for 14500 s')).toEqual({ kind: 'unwitnessed', count: 241 })
  expect(told('log fr.ofast/log: has signed two roots for size 12')).toEqual({ kind: 'forked', log: 'fr.ofast/log', size: 12 })
  expect(told('witness se.polisen: says it has seen 9 leaves, we have signed 7')).toEqual({ kind: 'ahead', witness: 'se.polisen', seen: 9, signed: 7 })
  expect(told('witness se.polisen: has seen another root for 9 leaves')).toEqual({ kind: 'otherRoot', witness: 'se.polisen', size: 9 })
  expect(told('witness w: does not see checkpoint of fr.ofast/log: size 9, root 0a1b as an extension of 7 leaves')).toEqual({ kind: 'noExtension', witness: 'w', size: 7 })
})

test('any other text stays as it is', () => {
  for (const text of ['', 'LOG_FORKED: two heads', 'NO_CASE: many questions', 'VOLUME: 41 questions on a day, ordinary are up to 30']) {
    expect(told(text)).toBeNull()
  }
})
