/* Where the things of a network stand in a drawing: tied things near each other, always the same for the same network. */
export interface Spot {
  readonly x: number
  readonly y: number
}

export const WIDTH = 800
export const HEIGHT = 460
const ROUNDS = 240
/** Room for names of two lines. */
const EDGE = { x: 95, y: 44 }

/** Forces as Fruchterman and Reingold (1991), begun on a circle; nothing is left to chance. */
export function places(count: number, ties: readonly (readonly [number, number])[]): readonly Spot[] {
  const spots = Array.from({ length: count }, (_, place) => {
    const angle = (2 * Math.PI * place) / Math.max(1, count)
    return { x: Math.cos(angle), y: Math.sin(angle) }
  })
  const near = Math.sqrt(4 / Math.max(1, count))
  for (let round = 0; round < ROUNDS; round += 1) {
    const moves = spots.map(() => ({ x: 0, y: 0 }))
    const push = (one: number, other: number, force: (far: number) => number) => {
      const [a, b, from, to] = [spots[one], spots[other], moves[one], moves[other]]
      if (!a || !b || !from || !to) return
      const [x, y] = [a.x - b.x, a.y - b.y]
      const far = Math.max(0.01, Math.hypot(x, y))
      const by = force(far) / far
      from.x += x * by
      from.y += y * by
      to.x -= x * by
      to.y -= y * by
    }
    for (let one = 0; one < count; one += 1)
      for (let other = one + 1; other < count; other += 1) push(one, other, (far) => (near * near) / far)
    for (const [one, other] of ties) push(one, other, (far) => -(far * far) / near)
    const heat = 0.2 * (1 - round / ROUNDS)
    for (const [place, move] of moves.entries()) {
      const spot = spots[place]
      const far = Math.hypot(move.x, move.y)
      if (!spot || !far) continue
      spot.x += (move.x / far) * Math.min(far, heat)
      spot.y += (move.y / far) * Math.min(far, heat)
    }
  }
  return fitted(spots)
}

/** The spots stretched over the drawing, with room for names at its edges. */
function fitted(spots: readonly Spot[]): readonly Spot[] {
  const along = (axis: 'x' | 'y', size: number, edge: number) => {
    const all = spots.map((each) => each[axis])
    const [least, most] = [Math.min(...all), Math.max(...all)]
    return (value: number) => (most - least < 1e-6 ? size / 2 : edge + ((value - least) / (most - least)) * (size - 2 * edge))
  }
  const [x, y] = [along('x', WIDTH, EDGE.x), along('y', HEIGHT, EDGE.y)]
  return spots.map((each) => ({ x: Math.round(x(each.x)), y: Math.round(y(each.y)) }))
}
