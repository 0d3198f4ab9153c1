import { describe, expect, it } from 'vitest'
import { boxesAlong, boxesOf, letteringOf, rowsOf, sizeAt, widthOf } from './lettering'
import { linesOf } from './lines'
import type { Spot } from './model'
import { framed, sightOf } from './sight'
import { lap, taken } from './taken'
import type { ShownLink, ShownNode } from './view'

/** Numbers from 0 to 1 that look random and are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const NAMES = ['Duarte', 'MSC Estrela Boreal', '+33 6 39 98 14 72', 'Överförmyndarnämnden i Göteborgs kommun', 'FR7630006000011234567890189', '']

function node(id: string, spot: Spot, more: Partial<ShownNode> = {}): ShownNode {
  return {
    id, ...spot, handles: [id], schema: 'Person', sign: 'person', family: 'people', node: 'fr.x', label: id, pinned: false,
    state: 'shown', noted: false, fresh: false, links: 0, ...more,
  }
}

function link(id: string, source: string, target: string, more: Partial<ShownLink> = {}): ShownLink {
  return { id, source, target, label: id, dashed: false, directed: true, fresh: false, of: [id], ...more }
}

function chart(seed: number) {
  const next = numbers(seed)
  const count = Math.floor(next() * 120)
  const side = 200 + next() * 3000
  const nodes = Array.from({ length: count }, (_, place) =>
    node(`n${place}`, { x: next() * side, y: next() * side }, {
      label: NAMES[Math.floor(next() * NAMES.length)] ?? '', links: Math.floor(next() * 9), pinned: next() < 0.1, fresh: next() < 0.2, noted: next() < 0.1,
    }),
  )
  const any = () => `n${Math.floor(next() * count)}`
  const lines = linesOf(Array.from({ length: count }, (_, place) => link(`calls ${place}`, any(), any(), { dashed: next() < 0.3 })).filter(({ source, target }) => source !== target))
  const zoom = 0.08 + next() * 2
  const first = new Set(count && next() < 0.7 ? [any(), any()] : [])
  return { nodes, lines, zoom, first, sized: next() < 0.5, sight: sightOf(zoom, { x: -next() * side * zoom, y: -next() * side * zoom }, 900, 600) }
}

const SEEDS = Array.from({ length: 30 }, (_, place) => place * 7919 + 1)

describe('what is written on the chart', () => {
  it.each(SEEDS)('can be read and lies on nothing that is named (%i)', (seed) => {
    const { nodes, lines, sight, first, sized } = chart(seed)
    const { size, names, words } = letteringOf(nodes, lines, sight, first, sized)
    const at = new Map(nodes.map((each) => [each.id, each]))
    const boxes = [...names].map((id) => boxesOf(at.get(id) ?? node(id, { x: 0, y: 0 }), size, sized))
    boxes.forEach((one, place) => {
      for (const other of boxes.slice(place + 1)) expect(one.some((each) => other.some((box) => lap(each, box)))).toBe(false)
    })
    expect(size * sight.zoom).toBeGreaterThanOrEqual(12 - 1e-6)
    const along = lines.flatMap(({ id, ends }) => {
      const [one, other] = ends.map((end) => at.get(end))
      const said = words.get(id)
      if (said === undefined || !one || !other) return []
      const length = Math.hypot(other.x - one.x, other.y - one.y)
      return [boxesAlong({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, { x: (other.x - one.x) / length, y: (other.y - one.y) / length }, said.length)]
    })
    expect(along).toHaveLength(words.size)
    along.forEach((one, place) => {
      const others = [...boxes, ...along.slice(place + 1)].flat()
      expect(one.some((each) => others.some((box) => lap(each, box)))).toBe(false)
    })
    if (words.size) expect(11 * sight.zoom).toBeGreaterThanOrEqual(8)
  })

  it.each(SEEDS)('leaves nobody out who has room, and nobody for one who matters less (%i)', (seed) => {
    const { nodes, lines, sight, first, sized } = chart(seed)
    const { size, names } = letteringOf(nodes, lines, sight, first, sized)
    const seen = nodes.filter(({ x, y }) => x >= sight.left && x <= sight.right && y >= sight.top && y <= sight.bottom)
    expect([...names].every((id) => seen.some((each) => each.id === id))).toBe(true)
    const rank = ({ id, pinned, links }: ShownNode) => {
      const near = lines.some(({ ends }) => ends.includes(id) && ends.some((end) => end !== id && first.has(end)))
      return [first.has(id) ? 3 : near ? 2 : pinned ? 1 : 0, links] as const
    }
    const before = (one: ShownNode, other: ShownNode) => rank(one)[0] - rank(other)[0] || rank(one)[1] - rank(other)[1]
    for (const out of seen.filter(({ id }) => !names.has(id))) {
      const own = boxesOf(out, size, sized)
      const over = seen.filter((each) => names.has(each.id) && boxesOf(each, size, sized).some((box) => own.some((mine) => lap(mine, box))))
      expect(over.some((each) => before(each, out) >= 0)).toBe(true)
    }
  })

  it('begins with what is chosen, then what is beside it, what is pinned and what has most links', () => {
    const here = { x: 0, y: 0 }
    const nodes = [node('hub', here, { links: 9 }), node('pin', here, { pinned: true }), node('near', here), node('chosen', here)]
    const lines = linesOf([link('calls', 'near', 'chosen')])
    const named = (left: number, first: readonly string[]) => [...letteringOf(nodes.slice(0, left), lines, sightOf(1, here, 400, 400), new Set(first), false).names]
    expect(named(4, ['chosen'])).toEqual(['chosen'])
    expect(named(3, ['chosen'])).toEqual(['near'])
    expect(named(3, [])).toEqual(['pin'])
    expect(named(1, [])).toEqual(['hub'])
  })

  it('has words between two records where they have room, and those of an identifier only beside what is chosen', () => {
    const nodes = [node('a', { x: 0, y: 0 }), node('b', { x: 300, y: 0 }), node('c', { x: 0, y: 90 })]
    const lines = linesOf([link('is called by', 'a', 'b'), link('owns it', 'a', 'c'), link('same number', 'b', 'c', { dashed: true })])
    const said = (zoom: number, ...first: string[]) => [...letteringOf(nodes, lines, sightOf(zoom, { x: 0, y: 0 }, 900, 600), new Set(first), false).words.values()]
    expect(said(1)).toEqual(['is called by'])
    expect(said(1, 'c')).toEqual(['same number', 'is called by'])
    expect(said(0.5, 'c')).toEqual([])
  })

  it('keeps the letters of a name near twelve pixels from afar', () => {
    for (let zoom = 0.08; zoom < 0.86; zoom *= 1.03) {
      expect(sizeAt(zoom) * zoom).toBeGreaterThanOrEqual(12 - 1e-6)
      expect(sizeAt(zoom) * zoom).toBeLessThan(15.1)
    }
    expect([sizeAt(0.9), sizeAt(4)]).toEqual([14, 14])
  })

  it('breaks a name into rows and loses no letter of forty', () => {
    for (const label of NAMES) {
      const rows = rowsOf(node('a', { x: 0, y: 0 }, { label }))
      expect(rows.every(({ length }) => length <= 20)).toBe(true)
      if (label.length <= 34) expect(rows.join('').replaceAll(' ', '')).toBe(label.replaceAll(' ', ''))
    }
    expect(rowsOf(node('a', { x: 0, y: 0 }, { label: 'Duarte', fresh: true, noted: true }))).toEqual(['★ ✎ Duarte'])
  })
})

describe('room that is taken', () => {
  it.each(SEEDS.slice(0, 20))('is found as by looking at every box (%i)', (seed) => {
    const next = numbers(seed)
    const box = () => {
      const [left, top] = [next() * 900 - 450, next() * 900 - 450]
      return { left, top, right: left + next() * 120, bottom: top + next() * 60 }
    }
    const [room, all] = [taken(40), Array.from({ length: 40 }, box)]
    all.forEach(room.add)
    for (let turn = 0; turn < 60; turn += 1) {
      const one = box()
      expect(room.free(one)).toBe(!all.some((each) => lap(each, one)))
    }
  })
})

describe('the window', () => {
  it.each(SEEDS.slice(0, 20))('has all of a chart in it, and few records no larger than they are read (%i)', (seed) => {
    const { nodes } = chart(seed)
    const to = framed(nodes, 640, 440)
    if (!nodes.length) expect(to).toBeNull()
    if (!to) return
    expect(to.zoom).toBeLessThanOrEqual(1.4)
    if (to.zoom === 0.08) return
    for (const { x, y } of nodes) {
      expect(x * to.zoom + to.pan.x).toBeGreaterThan(0)
      expect(x * to.zoom + to.pan.x).toBeLessThan(640)
      expect(y * to.zoom + to.pan.y).toBeGreaterThan(0)
      expect(y * to.zoom + to.pan.y).toBeLessThan(440)
    }
  })

  it('is left as it is where it has no size', () => expect(framed([{ x: 0, y: 0 }], 0, 0)).toBeNull())
})

describe('lines', () => {
  it('are one between two records, whatever their links, and no link turns them', () => {
    const lines = linesOf([link('1', 'a', 'b'), link('2', 'b', 'a'), link('3', 'a', 'c')])
    expect(lines.map(({ links }) => links.length)).toEqual([2, 1])
    expect(linesOf([link('2', 'b', 'a')])[0]?.ends).toEqual(['a', 'b'])
  })

  it('join records that are drawn larger with more links, or as a group', () => {
    const here = { x: 0, y: 0 }
    expect([widthOf(node('a', here, { links: 3 }), false), widthOf(node('a', here, { links: 3 }), true)]).toEqual([40, 55])
    expect(widthOf(node('a', here, { links: 99, state: 'bundle' }), true)).toBe(92)
  })
})
