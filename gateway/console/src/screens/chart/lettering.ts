/* How large names are written: from near all can be read, from afar those of the best linked that have room. */
import type { ShownNode } from './view'

export const SMALL = 14
/** A chart with more records is not read at once. */
const MANY = 80
/** Letters in two lines below a record; the panel and the table have the whole name. */
const LONGEST = 34
/** Width and height of the window that is reckoned with, and the size of letters in it, in pixels. */
const [WIDE, TALL, READ] = [640, 440, 12]
const MOST = 40
/** Sizes go up in steps, so that a small move restyles nothing. */
const STEP = 8

export interface Lettering {
  /** Size of the large letters, in units of the chart. */
  readonly size: number
  readonly large: ReadonlySet<string>
  /** Width of a line between two records. */
  readonly line: number
}

export function shortened(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name
}

export function letteringOf(nodes: readonly ShownNode[]): Lettering {
  if (nodes.length <= MANY) return { size: SMALL, large: new Set(), line: 1.5 }
  const [xs, ys] = [nodes.map(({ x }) => x), nodes.map(({ y }) => y)]
  const scale = Math.max((Math.max(...xs) - Math.min(...xs)) / WIDE, (Math.max(...ys) - Math.min(...ys)) / TALL, 1)
  const size = Math.round((READ * scale) / STEP) * STEP
  const order = [...nodes].sort((one, other) => weight(other) - weight(one) || one.id.localeCompare(other.id))
  const kept: { readonly x: number; readonly y: number; readonly half: number }[] = []
  const large = new Set<string>()
  for (const node of order) {
    if (large.size === MOST) break
    const half = shortened(node.label).length * size * 0.3
    const free = kept.every(({ x, y, half: other }) => Math.abs(x - node.x) > half + other || Math.abs(y - node.y) > 2.2 * size)
    if (!free) continue
    kept.push({ x: node.x, y: node.y, half })
    large.add(node.id)
  }
  return { size, large, line: lineOf(nodes.length) }
}

/** By how many there are, not where they stand: a chart that is being laid out restyles none of its lines. */
function lineOf(count: number): number {
  return Math.min(8, Math.max(2, Math.round(0.3 * Math.sqrt(count))))
}

const weight = ({ links, state, handles }: ShownNode) => links + (state === 'bundle' ? handles.length : 0)
