import { expect, it } from 'vitest'
import { events } from './live'

const STREAM = 'event: part\ndata: {"a":"é\\n"}\n\nevent: next\ndata: {}\n\nevent: complete\ndata: {}\n\n'

it('finds the same events wherever the text is cut', () => {
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const [first, rest] = events(STREAM.slice(0, cut))
    const [second, left] = events(rest + STREAM.slice(cut))
    expect([...first, ...second]).toEqual([
      { name: 'part', data: '{"a":"é\\n"}' },
      { name: 'next', data: '{}' },
      { name: 'complete', data: '{}' },
    ])
    expect(left).toBe('')
  }
})
