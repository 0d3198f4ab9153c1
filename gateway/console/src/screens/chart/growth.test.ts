import { describe, expect, it } from 'vitest'
import type { Claim } from '../../api/picture'
import { NOTHING, around, learned } from './contents'
import { chartOf } from './fromExport'
import { EMPTY } from './model'
import { kilometres, meetings, placeIn, placesOf, routeOf, sightingsOf } from './places'
import { growthOf, grownTo } from './growth'
import { added } from './room'
import { gaps, rowsFor } from './rows'
import { drawn } from './view'

function claim(handle: string, schema: string, properties: Record<string, string> = {}): Claim {
  const told = Object.entries(properties).map(([name, value]) => ({ name, values: [value] }))
  return { handle, record: { schema, caption: handle, properties: told } } as unknown as Claim
}

const CLAIMS = [
  claim('fr.x/port', 'Port', { latitude: '49.49', longitude: '0.11' }),
  claim('fr.x/move', 'ContainerMovement', { place: 'port', date: '2026-04-16T03:40:00', container: 'box' }),
  claim('fr.x/box', 'Container'),
  claim('fr.x/man', 'Person', { birthDate: '1990-01-01' }),
  claim('se.y/van', 'AisEvent', { latitude: '49.6', longitude: '0.2', startDate: '2026-04-16' }),
  claim('se.y/far', 'AisEvent', { latitude: '55.6', longitude: '13', startDate: '2026-04-16' }),
  claim('fr.x/call', 'Call', { date: '2026-04-20T10:00:00' }),
  claim('fr.x/track', 'AisTrack', { positions: '0.15,49.5,1776300000 9,57,1776900000' }),
]
const contents = learned(NOTHING, [], { vertices: [], ties: [], claims: CLAIMS, nodes: [], asked: [] })
const link = (source: string, target: string, what: string, ...handles: string[]) => ({ source, target, tie: 'RECORD' as const, what, handles })
const chart = added(
  EMPTY,
  CLAIMS.filter(({ handle }) => handle !== 'fr.x/call').map(({ handle }, at) => ({ handle, spot: { x: at * 200, y: 0 } })),
  [link('fr.x/move', 'fr.x/box', 'moved', 'fr.x/move'), link('fr.x/box', 'fr.x/man', 'Call', 'fr.x/call')],
)
const words = { code: (_: string, value: string) => value, t: (key: string) => key }

describe('places', () => {
  it('are as vague as they were written, or those of the place that is named', () => {
    expect(CLAIMS.flatMap(placesOf).map(({ vague }) => vague)).toEqual([0.005, 0.05, 0.5, 0.5])
    expect(placeIn(contents, 'fr.x/move')).toMatchObject({ handle: 'fr.x/move', at: [0.11, 49.49] })
    expect(placeIn(contents, 'fr.x/man')).toBeUndefined()
  })

  it('are a meeting on the same day, near, in two countries', () => {
    const seen = CLAIMS.flatMap(({ handle }) => sightingsOf(contents, handle))
    expect(meetings(seen).map(({ day, one, other, km }) => [day, one.handle, other.handle, Math.round(km)])).toEqual([
      ['2026-04-16', 'se.y/van', 'fr.x/track', 12],
      ['2026-04-16', 'fr.x/move', 'se.y/van', 14],
    ])
    expect(Math.abs(kilometres([2.35, 48.86], [18.07, 59.33]) - 1544)).toBeLessThan(5) // Paris and Stockholm
  })

  it('make a way of what moves', () => {
    expect(routeOf(chart, contents, 'fr.x/box').map(({ handle }) => handle)).toEqual(['fr.x/move'])
  })
})

describe('the network as it grew', () => {
  const growth = growthOf(chart, contents)
  const at = (day: string) => grownTo(drawn(chart, contents, words), growth, Date.parse(day))

  it('has a record with its first date, or with what stands beside it', () => {
    const shown = (day: string) => at(day).nodes.map(({ id }) => id)
    expect(shown('2026-04-15')).toEqual(['fr.x/port', 'fr.x/track'])
    expect(shown('2026-04-16')).toEqual(['fr.x/port', 'fr.x/move', 'fr.x/box', 'se.y/van', 'se.y/far', 'fr.x/track'])
    expect(shown('2026-04-20')).toHaveLength(CLAIMS.length - 1)
  })

  it('has a link not before it was made', () => {
    expect(at('2026-04-19').links.map(({ label }) => label)).toEqual(['moved'])
    expect(at('2026-04-20').links).toHaveLength(2)
    expect(growth.days.map((each) => new Date(each).toISOString().slice(0, 10))).toEqual(['2026-04-16', '2026-04-20'])
  })
})

describe('what lies around a record', () => {
  const tied = [link('fr.x/box', 'fr.x/man', 'UnknownLink'), link('fr.x/box', 'fr.x/port', 'moved'), link('fr.x/port', 'fr.x/track', 'moved')]

  it('is of the types that are wanted, by themselves or by their link, the best linked first', () => {
    const of = (...schemata: string[]) => around(['fr.x/box'], new Set(schemata), tied, contents)
    expect(of('Person', 'Port', 'AisTrack')).toEqual(['fr.x/port', 'fr.x/man'])
    expect(of('UnknownLink')).toEqual(['fr.x/man'])
    expect(of('Vessel')).toEqual([])
  })
})

describe('a line of time', () => {
  it('puts nothing on another while there is room', () => {
    expect(rowsFor([{ x1: 0, x2: 5 }, { x1: 2, x2: 6 }, { x1: 5, x2: 9 }, { x1: 5, x2: 9 }], 2)).toEqual([0, 1, 0, 1])
  })

  it('knows when nothing happened', () => expect(gaps([[0, 1], [90, 100], [20, 21]], 0.5)).toEqual([[21, 90]]))
})

describe('the picture of a report', () => {
  it('has a record that only joins two others as their line, and keeps spots that are known', () => {
    const record = (handle: string, schema: string, properties: Record<string, string>) => ({ ...claim(handle, schema, properties), node: 'fr.x' })
    const told = [record('fr.x/a', 'Person', {}), record('fr.x/b', 'PhoneNumber', {}), record('fr.x/l', 'UnknownLink', { subject: 'a', object: 'b', role: 'uses' })]
    const { chart, contents: found } = chartOf(told, new Map([['fr.x/a', { x: 7, y: 8 }]]))
    const view = drawn(chart, found, words)
    expect(view.nodes.map(({ id }) => id)).toEqual(['fr.x/a', 'fr.x/b'])
    expect(view.nodes[0]).toMatchObject({ x: 7, y: 8 })
    expect(view.links.map(({ label }) => label)).toEqual(['uses'])
  })
})
