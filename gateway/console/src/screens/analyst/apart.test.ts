import { describe, expect, it } from 'vitest'
import { apart } from './apart'

describe('what tells several from each other', () => {
  it('is nothing more where they differ already', () =>
    expect(apart([['A', 'x', 'day 1'], ['A', 'y', 'day 2'], ['B', 'x', 'day 1']], 2)).toEqual([['A', 'x'], ['A', 'y'], ['B', 'x']]))
  it('is the first word in which they differ, and not what all have', () =>
    expect(apart([['A', 'law', 'day 1', 'm-1'], ['A', 'law', 'day 2', 'm-2']], 1)).toEqual([['A', 'day 1'], ['A', 'day 2']]))
  it('is asked anew among those that are still alike', () =>
    expect(apart([['A', 'law', 'day 1', 'm-1'], ['A', 'law', 'day 2', 'm-2'], ['A', 'other', 'day 1', 'm-3']], 1)).toEqual([
      ['A', 'law', 'day 1'], ['A', 'law', 'day 2'], ['A', 'other'],
    ]))
  it('is the number where all else is equal', () =>
    expect(apart([['A', 'law', 'm-1'], ['A', 'law', 'm-2']], 1)).toEqual([['A', 'm-1'], ['A', 'm-2']]))
})
