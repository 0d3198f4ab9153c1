import { describe, expect, it } from 'vitest'
import { NEEDS } from '../generated/needs'

describe('the texts that come with the screens of an area', () => {
  it('hold the codes, for all screens tell some', () => expect(Object.values(NEEDS).filter((each) => !each.some((part) => part === 'code'))).toEqual([]))
  it.each(['analyst', 'cases', 'chart', 'liaison'] as const)('hold the names of properties in %s, which shows records', (area) =>
    expect(NEEDS[area]).toContain('property'),
  )
  it('follow what a screen fetches later: the liaison officer tries rules on the screen of administrators', () =>
    expect(NEEDS.liaison).toContain('admin'))
  it('are not the texts of other people', () => {
    expect(NEEDS.oversight).toEqual(['code', 'oversight'])
    expect(NEEDS.analyst).not.toContain('liaison')
  })
})
