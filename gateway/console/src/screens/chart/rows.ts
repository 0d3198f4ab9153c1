/** Something from `x1` to `x2` on a line. */
export interface Stretch {
  readonly x1: number
  readonly x2: number
}

/** The row of each, so that none lies on another; where there is no room in `most` rows, the last is shared. */
export function rowsFor(stretches: readonly Stretch[], most: number): readonly number[] {
  const ends: number[] = []
  return stretches.map(({ x1, x2 }) => {
    const free = ends.findIndex((end) => end <= x1)
    const row = free >= 0 ? free : Math.min(ends.length, most - 1)
    ends[row] = Math.max(x2, ends[row] ?? -Infinity)
    return row
  })
}

/** Gaps of at least a part `least` of the whole in which nothing happened, as pairs of times. */
export function gaps(times: readonly (readonly [number, number])[], least: number): readonly (readonly [number, number])[] {
  const sorted = [...times].sort((one, other) => one[0] - other[0])
  const [from, until] = [sorted[0]?.[0] ?? 0, Math.max(...sorted.map(([, end]) => end))]
  const found: (readonly [number, number])[] = []
  let last = from
  for (const [start, end] of sorted) {
    if (start - last > least * (until - from)) found.push([last, start])
    last = Math.max(last, end)
  }
  return found
}
