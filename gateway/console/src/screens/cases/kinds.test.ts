import { describe, expect, it } from 'vitest'
import { kindsOf } from './kinds'

describe('the kinds that an identifier can be', () => {
  it.each([
    ['XQZU 418026-6', 'container'],
    ['+33 6 39 98 41 80', 'phone'],
    ['070-174 06 31', 'phone'],
    ['FR76 3000 6000 0112 3456 7890 189', 'iban'],
    ['someone@example.org', 'email'],
    ['IMO 9074729', 'imo'],
    ['001017920000004', 'imei'],
    ['GE1KA18', 'plate'],
    ['12-44', 'plate'],
    ['X', 'document'],
  ])('%s is first of all %s', (identifier, kind) => {
    expect(kindsOf(identifier)[0]).toBe(kind)
  })
  it('are never none', () => {
    expect(kindsOf('№ 5')).toEqual(['account'])
  })
})
