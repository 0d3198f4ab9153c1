import { describe, expect, it } from 'vitest'
import { attracted } from './attraction'
import { readBack, written } from './kept'
import { GAP, beside, byType, circle, freeSpots, grid, hierarchy, networkOf, spotsOf } from './layout'
import { EMPTY, broughtBy, collapsed, dismissed, dragged, grouped, keptOnly, laidOut, noted, pinned, sizedByLinks, spanned, typeHidden } from './model'
import type { Chart, Link } from './model'
import { MOST_ELEMENTS, added, gathered, size, ungrouped } from './room'
import { amended, begun, done, newsOf, redone, undone } from './steps'
import type { StepName, Steps } from './steps'

/** A small generator with a seed, so that a failure can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const spot = (x: number, y = 0) => ({ x, y })
const tie = (source: string, target: string): Link => ({ source, target, tie: 'REFERENCE', what: 'vessel', handles: [source] })

function some(count: number): Chart {
  const names = Array.from({ length: count }, (_, place) => `fr/${place}`)
  const links = names.slice(1).map((each, place) => tie(names[place] ?? '', each))
  return added(EMPTY, names.map((handle, place) => ({ handle, spot: spot(place * GAP), from: place > 3 ? 'fr/3' : null })), links)
}

function attraction(chart: Chart, free: ReadonlySet<string>) {
  const { network, names } = networkOf(chart, free)
  const turns = attracted(network)
  for (;;) {
    const { value, done: last } = turns.next()
    if (last) return spotsOf(names, free, value)
  }
}

function anyStep(steps: Steps, roll: (below: number) => number): Steps {
  const names = [...steps.chart.items.keys()]
  const one = names[roll(Math.max(1, names.length))] ?? 'fr/0'
  const other = names[roll(Math.max(1, names.length))] ?? 'fr/1'
  const fresh = `se/${roll(40)}`
  const free = [...steps.chart.items].filter(([, { pinned: on }]) => !on).map(([handle]) => handle)
  const all: [StepName, (chart: Chart) => Chart][] = [
    ['add', (chart) => added(chart, [{ handle: fresh, spot: spot(roll(900), roll(900)) }], [tie(one, fresh)])],
    ['expand', (chart) => added(chart, [{ handle: fresh, spot: spot(roll(900)), from: one }], [tie(fresh, one), tie(one, other)])],
    ['collapse', (chart) => collapsed(chart, one)],
    ['pin', (chart) => pinned(chart, [one], roll(2) === 0)],
    ['drag', (chart) => dragged(chart, new Map([[one, spot(roll(900), roll(900))]]))],
    ['group', (chart) => grouped(chart, names, 2 + roll(3))],
    ['ungroup', (chart) => ungrouped(chart, [...chart.bundles.keys()][0] ?? '')],
    ['hide', (chart) => typeHidden(chart, 'Person', roll(2) === 0)],
    ['dismiss', (chart) => dismissed(chart, [one])],
    ['keepOnly', (chart) => keptOnly(chart, names.slice(roll(3)))],
    ['layout', (chart) => laidOut(chart, circle(free))],
    ['span', (chart) => spanned(chart, { from: `2026-0${1 + roll(8)}-01`, until: '' })],
    ['note', (chart) => noted(chart, one, ['', 'a', 'b'][roll(3)] ?? '')],
    ['size', (chart) => sizedByLinks(chart, roll(2) === 0)],
  ]
  const [name, change] = all[roll(all.length)] ?? ['add', (chart: Chart) => chart]
  return done(steps, name, change)
}

describe('undo', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed + 1))('restores exactly after any sequence (seed %i)', (seed) => {
    const roll = chance(seed)
    let steps = begun(some(6))
    const seen = [structuredClone(steps.chart)]
    for (let turn = 0; turn < 40; turn += 1) {
      const next = anyStep(steps, roll)
      if (next !== steps) seen.push(structuredClone(next.chart))
      steps = next
    }
    expect(steps.past).toHaveLength(seen.length - 1)
    for (const before of seen.slice(0, -1).reverse()) {
      steps = undone(steps)
      expect(steps.chart).toEqual(before)
    }
    expect(undone(steps)).toEqual(steps)
    for (const after of seen.slice(1)) {
      steps = redone(steps)
      expect(steps.chart).toEqual(after)
    }
    expect(redone(steps)).toEqual(steps)
  })

  it('forgets what was undone when something else is done', () => {
    const steps = undone(done(begun(some(2)), 'dismiss', (chart) => dismissed(chart, ['fr/0'])))
    expect(done(steps, 'pin', (chart) => pinned(chart, ['fr/1'], true)).future).toEqual([])
  })
})

describe('a step that is completed later', () => {
  const expanded = done(begun(some(1)), 'expand', (chart) => added(chart, [{ handle: 'fr/new', spot: spot(1, 1) }]))
  const place = (chart: Chart) => laidOut(chart, new Map([['fr/new', spot(7, 7)]]))
  const at = ({ chart }: Steps) => chart.items.get('fr/new')?.x

  it('is one step, and what is gone back to is completed as well', () => {
    const steps = amended(done(expanded, 'pin', (chart) => pinned(chart, ['fr/0'], true)), 0, place)
    expect([steps.past.length, at(steps), at(undone(steps)), at(undone(undone(steps)))]).toEqual([2, 7, 7, undefined])
  })

  it('is completed too when it was undone meanwhile', () => {
    const steps = amended(undone(expanded), 0, place)
    expect([at(steps), at(redone(steps))]).toEqual([undefined, 7])
  })

  it('leaves what was pinned meanwhile', () => {
    expect(at(amended(done(expanded, 'drag', (chart) => dragged(chart, new Map([['fr/new', spot(5)]]))), 0, place))).toBe(5)
  })
})

describe('what is new', () => {
  const one = { handle: 'fr/new', spot: spot(9, 9) }
  const bring = (steps: Steps) => done(steps, 'expand', (chart) => added(chart, [one], [tie('fr/0', 'fr/new')]))

  it('came by the last step that brought something, whatever was done since, and not on an empty chart', () => {
    const steps = done(bring(begun(some(2))), 'pin', (chart) => pinned(chart, ['fr/0'], true))
    expect([...newsOf(steps).records]).toEqual(['fr/new'])
    expect(newsOf(steps).links.size).toBe(1)
    expect(newsOf(undone(undone(steps))).records.size).toBe(0)
    expect(newsOf(begun(steps.chart)).records.size, 'as it was opened').toBe(0)
    expect(newsOf(bring(begun())).records.size).toBe(0)
  })

  it('is a stub too that is shown again', () => {
    expect([...newsOf(begun(some(3)), new Set(['fr/1'])).records]).toEqual(['fr/1'])
  })
})

describe('a chart', () => {
  it('never moves what was placed by hand', () => {
    const chart = dragged(some(8), new Map([['fr/2', spot(77, 88)]]))
    for (const spots of [circle([...chart.items.keys()]), grid([...chart.items.keys()]), byType([...chart.items.keys()], () => 'x'), hierarchy([...chart.items.keys()], chart)])
      expect(laidOut(chart, spots).items.get('fr/2')).toEqual({ x: 77, y: 88, pinned: true, from: null })
  })

  it('is laid out by attraction without moving what is fixed', () => {
    const chart = grouped(some(12), ['fr/8', 'fr/9'], 2)
    const free = new Set(['fr/5', 'bundle:fr/8'])
    const spots = attraction(chart, free)
    expect([...spots.keys()].sort()).toEqual(['bundle:fr/8', 'fr/5'])
    const after = laidOut(chart, spots)
    expect(after.bundles.get('bundle:fr/8')).toMatchObject(spots.get('bundle:fr/8') ?? {})
    expect([...after.items].filter(([handle]) => handle !== 'fr/5')).toEqual([...chart.items].filter(([handle]) => handle !== 'fr/5'))
  })

  it.each([2, 40, 130])('has no label on another after the layout of %i, and the same one every time', (count) => {
    const chart = some(count)
    const all = new Set(chart.items.keys())
    const found = attraction(chart, all)
    const spots = [...found.values()]
    spots.sort((one, other) => one.x - other.x)
    const near = spots.filter((one, at) =>
      spots.slice(at + 1, at + 60).some((other) => Math.abs(one.x - other.x) < GAP - 8 && Math.abs(one.y - other.y) < 84),
    )
    expect(near).toEqual([])
    expect(attraction(chart, all)).toEqual(found)
  })

  it('groups the most frequent type where it cannot draw all, and holds the rest back where nothing helps', () => {
    const chart = some(700)
    const many = Array.from({ length: 340 }, (_, place) => ({ handle: `se/${place}`, spot: spot(place) }))
    const ties = many.map(({ handle }) => tie('fr/0', handle))
    const after = gathered(chart, many, ties, () => 'PhoneNumber')
    expect(after.items.size).toBe(1040)
    expect([...after.bundles.values()].map(({ members }) => members.length)).toEqual([340])
    expect(size(after)).toBe(size(chart) + 2)
    expect(ungrouped(after, 'bundle:se/0')).toBe(after)
    expect(size(gathered(chart, many, ties, (handle) => handle))).toBe(MOST_ELEMENTS)
  })

  it('adds new records around, on no other', () => {
    const chart = some(9)
    const spots = freeSpots(chart, beside(chart), 30)
    const cells = [...chart.items.values(), ...spots].map(({ x, y }) => `${Math.round(x / GAP)} ${Math.round(y / GAP)}`)
    expect(new Set(cells).size).toBe(39)
    const after = added(chart, [{ handle: 'se/1', spot: spots[0] ?? spot(0) }])
    expect([...after.items].slice(0, 9)).toEqual([...chart.items])
  })

  it('groups neither pinned records nor too few', () => {
    const chart = pinned(some(5), ['fr/0'], true)
    const [bundle] = grouped(chart, [...chart.items.keys()], 4).bundles.values()
    expect(bundle?.members).toEqual(['fr/1', 'fr/2', 'fr/3', 'fr/4'])
    expect(grouped(chart, [...chart.items.keys()], 5)).toBe(chart)
  })

  it('collapses what an expansion brought, but for what was pinned or expanded', () => {
    const chart = added(pinned(some(8), ['fr/6'], true), [{ handle: 'se/1', spot: spot(0), from: 'fr/5' }])
    expect(broughtBy(chart, 'fr/3')).toEqual(['fr/4', 'fr/7'])
    expect([...collapsed(chart, 'fr/3').items.keys()]).toEqual(['fr/0', 'fr/1', 'fr/2', 'fr/3', 'fr/5', 'fr/6', 'se/1'])
  })

  it('holds no more than its limit and has no loose link', () => {
    const chart = some(MOST_ELEMENTS)
    expect(size(chart)).toBe(MOST_ELEMENTS)
    expect(added(chart, [{ handle: 'se/1', spot: spot(0) }])).toBe(chart)
    for (const { source, target } of dismissed(some(9), ['fr/4']).links.values()) expect([source, target]).not.toContain('fr/4')
  })

  it('is kept without a note, and read back as it was', () => {
    const chart = grouped(spanned(pinned(some(6), ['fr/0'], true), { from: '2026-01-01', until: '' }), ['fr/2', 'fr/3'], 2)
    const kept = written(noted(chart, 'fr/1', 'secret words'))
    expect(kept).not.toContain('secret')
    expect(readBack(kept)).toEqual(chart)
  })

  it.each(['', 'null', '[]', '{"items":[[1,2],["fr/1","x",null]],"links":[["fr/1","nobody","RECORD","x",[]]],"hidden":7}'])(
    'reads %s without harm',
    (text) => expect(readBack(text).links.size).toBe(0),
  )
})
