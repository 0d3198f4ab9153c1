import { expect, test } from 'vitest'
import type { Step } from './steps'
import { standingAfter } from './steps'

const step = (name: string, handle: string, object: number, state = 'YES'): Step => ({
  step: name,
  fact: { handle, subject: 0, object, aspect: 'ROLE', says: null },
  state,
})
const STEPS = [step('ENDED', 'n/old', 1), step('BEGAN', 'n/new', 2), step('OBSERVED', 'n/seen', 3, 'UNCERTAIN'), step('ENDED', 'n/new', 2)]
const drawn = (taken: number) => standingAfter(STEPS, taken).map(({ id, lit }) => `${id.split(' ')[0] ?? ''}${lit ? '!' : ''}`)

test('what only ends stood from the start, what begins appears, what ends goes', () => {
  expect(drawn(0)).toEqual(['n/old'])
  expect(drawn(1)).toEqual([])
  expect(drawn(2)).toEqual(['n/new!'])
  expect(drawn(3)).toEqual(['n/new', 'n/seen!'])
  expect(drawn(4)).toEqual(['n/seen'])
})

test('what is uncertain is drawn as perhaps', () => {
  expect(standingAfter(STEPS, 3).map(({ perhaps }) => perhaps)).toEqual([false, true])
})
