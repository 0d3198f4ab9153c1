/* Room on a plane that is taken by boxes: whether another has room is told without looking at them all. */

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface Taken {
  /** Whether a box lies on none that was added; to touch is not to lie on. */
  readonly free: (box: Box) => boolean
  readonly add: (box: Box) => void
}

/** Nothing is taken at first; `cell` is about the size of a box. */
export function taken(cell: number): Taken {
  const cells = new Map<string, Box[]>()
  const keys = ({ left, top, right, bottom }: Box) => {
    const found: string[] = []
    for (let across = Math.floor(left / cell); across <= Math.floor(right / cell); across += 1)
      for (let down = Math.floor(top / cell); down <= Math.floor(bottom / cell); down += 1) found.push(`${across} ${down}`)
    return found
  }
  return {
    free: (box) => !keys(box).some((key) => cells.get(key)?.some((each) => lap(each, box))),
    add: (box) => {
      for (const key of keys(box)) {
        const there = cells.get(key)
        if (there) there.push(box)
        else cells.set(key, [box])
      }
    },
  }
}

/** Whether two boxes have room in common. */
export function lap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}
