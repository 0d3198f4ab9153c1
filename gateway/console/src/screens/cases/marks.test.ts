import { describe, expect, it } from 'vitest'
import { mayBeUsed, strictest } from './marks'

const OPEN = { handling: ['H0'], evaluation: 'A1', tlp: 'GREEN' }
const CLOSED = { handling: ['H2', 'H0'], evaluation: 'B4', tlp: 'AMBER+STRICT' }

describe('marks', () => {
  it('of a report are the strictest of all that is in it', () => {
    expect(strictest([OPEN, null, CLOSED])).toEqual({ handling: ['H0', 'H2'], evaluation: 'B4', tlp: 'AMBER+STRICT' })
    expect(strictest([OPEN, { ...OPEN, tlp: 'NEW' }])?.tlp).toBe('NEW')
    expect(strictest([null])).toBeNull()
  })
  it('forbid what their codes forbid, and whatever is not known', () => {
    expect(mayBeUsed(OPEN, 'ONWARD', false)).toBe(true)
    expect(mayBeUsed(CLOSED, 'ONWARD', true)).toBe(false)
    expect(mayBeUsed(CLOSED, 'INTERNAL', false)).toBe(true)
    expect(mayBeUsed({ ...OPEN, handling: ['H1'] }, 'JUDICIAL', false)).toBe(false)
    expect(mayBeUsed({ ...OPEN, handling: ['H3'] }, 'INTERNAL', true)).toBe(false)
    expect(mayBeUsed({ ...OPEN, tlp: 'RED' }, 'INTERNAL', false)).toBe(false)
    expect(mayBeUsed({ ...OPEN, tlp: 'RED' }, 'INTERNAL', true)).toBe(true)
    expect(mayBeUsed({ ...OPEN, tlp: 'NEW' }, 'INTERNAL', true)).toBe(false)
    expect(mayBeUsed(null, 'INTERNAL', true)).toBe(false)
  })
})
