import { describe, expect, it } from 'vitest'
import { named, told } from './members'

describe('members', () => {
  it('are named one a line, as each tells it', () => {
    const one = { node: 'se.polisen', person: 'p-4c1d' }
    expect(named(`  ${told(one)}\n\n eu.europol/p-77a0 `)).toEqual({
      members: [one, { node: 'eu.europol', person: 'p-77a0' }],
      wrong: null,
    })
  })
  it('are refused by the first line that names nobody', () => {
    expect(named('se.polisen/p-1\nLinnéa\nalso wrong').wrong).toBe('Linnéa')
    expect(named('se.polisen/p-1/x').wrong).toBe('se.polisen/p-1/x')
  })
})
