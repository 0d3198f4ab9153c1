import { expect, it } from 'vitest'
import { readable } from './value'

it.each([
  ['country', 'fr', 'sv', 'Frankrike (FR)'],
  ['nationality', 'se', 'fr', 'Suède (SE)'],
  ['country', 'zz9', 'en', 'zz9'],
  ['name', 'fr', 'en', 'fr'],
  ['date', '2026-04-12', 'en', '12 Apr 2026'],
  ['sentAt', '2026-04-12 or so', 'en', '2026-04-12 or so'],
  ['number', '2026-13', 'en', '2026-13'],
] as const)('%s %j in %s is %j', (name, value, language, said) => {
  expect(readable(name, value, language)).toBe(said)
})
