import { expect, test } from 'vitest'
import { HEIGHT, WIDTH, places } from './places'

const STAR = [1, 2, 3, 4, 5].map((other) => [0, other] as const)

test('the same network is drawn alike, within the drawing, nothing on top of another', () => {
  const spots = places(6, STAR)
  expect(places(6, STAR)).toEqual(spots)
  for (const [place, { x, y }] of spots.entries()) {
    expect(x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT).toBe(true)
    for (const other of spots.slice(place + 1)) expect(Math.hypot(other.x - x, other.y - y)).toBeGreaterThan(40)
  }
})

test('one thing, or none, is no trouble', () => {
  expect(places(1, [])).toEqual([{ x: WIDTH / 2, y: HEIGHT / 2 }])
  expect(places(0, [])).toEqual([])
})
