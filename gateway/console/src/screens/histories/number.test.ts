import { describe, expect, it } from 'vitest'
import { named } from './number'

describe('how a vessel is named', () => {
  it.each(['2004191', 'IMO 2004191', ' imo2004191 ', '200041911', 'MMSI 200041911'])('%s is a number', (text) => expect(named(text)).toBe('number'))
  it.each(['3EXX9', '3exx 9', 'HO2508', 'D5XX8'])('%s is a call sign', (text) => expect(named(text)).toBe('callSign'))
  it.each(['Costa Alva', 'ALBA', 'SFPQ', '12', '12345678', 'M/V 7'])('%s is a name', (text) => expect(named(text)).toBe('name'))
})
