import { expect, it } from 'vitest'
import { csv } from './csv'

it.each(['=1+1', '+33', '-2', '@SUM(A1)', '\tx', '\rx'])('%j is no formula', (text) => {
  expect(csv([[text]]).replace(/^"/, '').startsWith("'")).toBe(true)
})

it('quotes what would break a row, and leaves numbers as they are', () => {
  expect(csv([['a,b', 'say "no"', -1, null], ['å', 'two\nlines', 0, undefined]])).toBe(
    '"a,b","say ""no""",-1,\r\nå,"two\nlines",0,\r\n',
  )
})
