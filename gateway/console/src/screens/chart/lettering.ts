/* Which names and words are written: those that can be read at this zoom and have room, the weightiest first. */
import { labelOfLine } from './lines'
import type { Line } from './lines'
import type { Spot } from './model'
import type { Sight } from './sight'
import { taken } from './taken'
import type { Box, Taken } from './taken'
import type { ShownNode } from './view'

/** Size of the letters from near, in units of the chart: of names, of words at a line. */
export const [NAMES, WORDS] = [14, 11]
/** Pixels that letters have at least: of a name, which grows with the distance; of words, which do not. */
const [READ, LEGIBLE] = [12, 8]
/** Sizes go up in steps, so that a small change of the zoom restyles nothing. */
const STEP = 1.25
/** Letters of a name: the panel and the table have the whole; and letters in one row of it. */
const [LONGEST, ROW] = [34, 20]
/** Width and height of a letter with its share of air, as parts of its size; some are wider, signs of Asia the most. */
const [WIDE, TALL] = [0.56, 1.2]
const [WIDER, WIDEST] = [0.68, 1.05]
/** From a record's rim to the end of its rings, and to its name. */
const RINGS = 8
export const BELOW = 8
/** Fewer letters of a longer word say nothing beside a line. */
const FEWEST = 5

export interface Lettering {
  /** Size of the letters of names, in units of the chart. */
  readonly size: number
  /** Ids of records whose names are written. */
  readonly names: ReadonlySet<string>
  /** What is written beside lines, by their ids. */
  readonly words: ReadonlyMap<string, string>
}

export function shortened(name: string, most = LONGEST): string {
  return name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name
}

/** A name with its marks in rows, as it is written below a record; a word that is longer than a row is broken. */
export function rowsOf({ label, fresh, noted }: ShownNode): readonly string[] {
  const rows: string[] = []
  for (const word of `${fresh ? '★ ' : ''}${noted ? '✎ ' : ''}${shortened(label)}`.split(/\s+/).flatMap((each) => each.match(PIECES) ?? [])) {
    const last = rows.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= ROW) rows[rows.length - 1] = `${last} ${word}`
    else rows.push(word)
  }
  return rows
}

const PIECES = new RegExp(`.{1,${ROW}}`, 'gs')

/** How large a record is drawn, in units of the chart. */
export function widthOf({ links, state }: ShownNode, sized: boolean): number {
  return 40 + (sized ? Math.min(40, links * 5) : 0) + (state === 'bundle' ? 12 : 0)
}

/** Names grow with the distance, so that those that are written can be read. */
export function sizeAt(zoom: number): number {
  return NAMES * STEP ** Math.max(0, Math.ceil(Math.log(READ / zoom / NAMES) / Math.log(STEP) - 1e-9))
}

/** How wide a row is, as a multiple of the size of its letters. */
function wideOf(row: string): number {
  const of = (wide: RegExp) => row.match(wide)?.length ?? 0
  const [wider, widest] = [of(/[\p{Lu}\d+@%…★✎]/gu), of(/[\u1100-\u11ff\u2e80-\uffef]/g)]
  return (row.length - wider - widest) * WIDE + wider * WIDER + widest * WIDEST
}

/** What a record's drawing and its name take, the name in letters of a size. */
export function boxesOf(node: ShownNode, size: number, sized: boolean): readonly [Box, Box] {
  const rows = rowsOf(node)
  const half = (Math.max(...rows.map(wideOf), WIDE) * size) / 2
  const top = node.y + widthOf(node, sized) / 2 + BELOW
  return [discOf(node, sized), { left: node.x - half, right: node.x + half, top, bottom: top + rows.length * size * TALL }]
}

function discOf(node: ShownNode, sized: boolean): Box {
  const half = widthOf(node, sized) / 2 + RINGS
  return { left: node.x - half, right: node.x + half, top: node.y - half, bottom: node.y + half }
}

/**
 * What is written of what is seen. `first` are ids of what is chosen: its names come before all, then those of its
 * neighbours, of what is pinned, and of what has most links. No name lies on another or on a record that is named;
 * words lie on no record, no name and no words. Takes n log n.
 */
export function letteringOf(
  nodes: readonly ShownNode[],
  lines: readonly Line[],
  sight: Sight,
  first: ReadonlySet<string>,
  sized: boolean,
): Lettering {
  const size = sizeAt(sight.zoom)
  const seen = nodes.filter((each) => inside(each, sight))
  const near = new Set(lines.flatMap(({ ends: [one, other] }) => (first.has(one) ? [other] : first.has(other) ? [one] : [])))
  const rank = ({ id, pinned }: ShownNode) => (first.has(id) ? 3 : near.has(id) ? 2 : pinned ? 1 : 0)
  const weight = ({ links, state, handles }: ShownNode) => links + (state === 'bundle' ? handles.length : 0)
  const order = seen.map((node) => ({ node, rank: rank(node), weight: weight(node) }))
  order.sort((one, other) => other.rank - one.rank || other.weight - one.weight || (one.node.id < other.node.id ? -1 : 1))
  const room = taken(10 * size)
  const names = new Set<string>()
  for (const { node } of order) {
    const boxes = boxesOf(node, size, sized)
    if (!boxes.every(room.free)) continue
    boxes.forEach(room.add)
    names.add(node.id)
  }
  if (sight.zoom * WORDS < LEGIBLE) return { size, names, words: new Map() }
  seen.forEach((each) => room.add(discOf(each, sized)))
  const chosen = ({ ends }: Line) => ends.some((end) => first.has(end))
  const told = lines.filter((each) => !chosen(each) && each.links.some(({ dashed }) => !dashed))
  return { size, names, words: wordsOf(nodes, [...lines.filter(chosen), ...told], sight, sized, room) }
}

function wordsOf(nodes: readonly ShownNode[], lines: readonly Line[], sight: Sight, sized: boolean, room: Taken): ReadonlyMap<string, string> {
  const at = new Map(nodes.map((each) => [each.id, each]))
  const words = new Map<string, string>()
  for (const { id, ends, links } of lines) {
    const [one, other] = [at.get(ends[0]), at.get(ends[1])]
    if (!one || !other) continue
    const middle = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }
    if (!inside(middle, sight)) continue
    const length = Math.hypot(other.x - one.x, other.y - one.y)
    const free = length - (widthOf(one, sized) + widthOf(other, sized)) / 2 - 4 * RINGS
    const label = labelOfLine(links)
    const letters = Math.min(label.length, LONGEST, Math.floor(free / WORDS / WIDE))
    if (letters < Math.min(FEWEST, label.length) || !letters) continue
    const boxes = boxesAlong(middle, { x: (other.x - one.x) / length, y: (other.y - one.y) / length }, letters)
    if (!boxes.every(room.free)) continue
    boxes.forEach(room.add)
    words.set(id, shortened(label, letters))
  }
  return words
}

/** What words take along their line: a square for each two letters of them. */
export function boxesAlong(middle: Spot, way: Spot, letters: number): readonly Box[] {
  const [side, half] = [2 * WORDS * WIDE, (letters - 2) * 0.5 * WORDS * WIDE]
  const count = Math.max(1, Math.ceil(letters / 2))
  return Array.from({ length: count }, (_, place) => {
    const far = count === 1 ? 0 : (place / (count - 1) - 0.5) * 2 * half
    const [x, y] = [middle.x + far * way.x, middle.y + far * way.y]
    return { left: x - side / 2, right: x + side / 2, top: y - side / 2, bottom: y + side / 2 }
  })
}

const inside = ({ x, y }: Spot, { left, right, top, bottom }: Sight) => x >= left && x <= right && y >= top && y <= bottom
