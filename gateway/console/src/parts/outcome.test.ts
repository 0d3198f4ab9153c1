import { expect, test } from 'vitest'
import { outcomeOf } from './outcome'

test('an answer is told by its tier, with other rows or fields than before', () => {
  expect(outcomeOf('T2')).toEqual({ tier: 'core', reasons: [], other: false })
  expect(outcomeOf('T3 of other rows or fields')).toEqual({ tier: 'record', reasons: [], other: true })
  expect(outcomeOf('NONE')).toEqual({ tier: 'none', reasons: [], other: false })
})

test('a refusal is told by all of its reasons', () => {
  expect(outcomeOf('REFUSED NO_GRANT QUOTA')).toEqual({ tier: null, reasons: ['NO_GRANT', 'QUOTA'], other: false })
})
