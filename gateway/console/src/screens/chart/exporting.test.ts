import { describe, expect, it } from 'vitest'
import type { Claim } from '../../api/picture'
import { learned, NOTHING, references } from './contents'
import { cell, csvOf } from './csv'
import { bounds, inSpan, momentsOf, within } from './dates'
import { rowsOf, withoutMissing } from './exporting'
import { EMPTY, grouped, linkId, spanned, typeHidden } from './model'
import type { Palette } from './palette'
import { escaped, svgOf } from './picture'
import { inArea, placesOf } from './places'
import { added } from './room'
import { drawn } from './view'
import { waysFrom } from './walk'

const words = {
  code: (_: string, value: string) => value,
  t: (key: string, values?: Record<string, string | number>) => [key, ...Object.values(values ?? {})].join(' '),
}

function claim(handle: string, schema: string, caption: string, properties: Record<string, string[]> = {}): Claim {
  const [node, id] = handle.split('/')
  const told = Object.entries(properties).map(([name, values]) => ({ name, values }))
  const record = { id, schema, caption, properties: told, handling: ['H0'], source: 'B', information: '2', tlp: 'AMBER' }
  return { handle, node, receipt: '', withheld: [], record } as unknown as Claim
}

const palette = {
  ground: '#fff', text: '#000', faint: '#444', line: '#777', accent: '#00f', bad: '#a00', sign: '#fff',
  family: { people: '#1', bodies: '#2', talk: '#3', transport: '#4', goods: '#5', money: '#6', places: '#7', other: '#8' },
  owner: (node: string) => ({ colour: '#123', style: node.startsWith('eu') ? 'double' : 'solid' }),
} as unknown as Palette

const CLAIMS = [
  claim('fr.x/a', 'Person', '<script>alert(1)</script>'),
  claim('se.y/b', 'Person', 'a\u202eb & "c"'),
  claim('fr.x/s', 'Seizure', '=cmd()', { container: ['k'], date: ['2026-04'], birthDate: ['1990-01-01'] }),
  claim('fr.x/k', 'Container', 'box', { latitude: ['49.49'], longitude: ['-0.11'] }),
]
const link = { source: 'fr.x/a', target: 'se.y/b', tie: 'RECORD', what: 'Associate', handles: ['fr.x/l'] } as const
const contents = learned(NOTHING, ['fr.x/gone', 'eu.z/mute'], {
  vertices: [{ place: 0, handles: ['fr.x/a'] }, { place: 1, handles: ['se.y/b'] }],
  ties: [{ source: 0, target: 1, tie: 'RECORD', what: 'Associate', handles: ['fr.x/l'], sentence: 'a knows b' }],
  claims: CLAIMS,
  nodes: [
    { node: 'fr.x', status: 'ANSWERED', reasons: [], questions: 1 },
    { node: 'eu.z', status: 'UNREACHABLE', reasons: [], questions: 1 },
  ],
  asked: [{ receipt: '', queryId: 'q' }],
})
const handles = ['fr.x/a', 'se.y/b', 'fr.x/s', 'fr.x/k', 'fr.x/gone', 'eu.z/mute', 'eu.z/new']
const chart = added(EMPTY, handles.map((handle, at) => ({ handle, spot: { x: at * 100, y: 0 } })), [link, ...references(contents, new Set(handles))])

describe('what is drawn', () => {
  it('tells withdrawn, silent and not asked for apart, and keeps their links', () => {
    const states = Object.fromEntries(drawn(chart, contents, words).nodes.map(({ id, state }) => [id, state]))
    expect(states).toMatchObject({ 'fr.x/a': 'shown', 'fr.x/gone': 'withdrawn', 'eu.z/mute': 'silent', 'eu.z/new': 'unasked' })
    expect(contents.records.get('fr.x/a'), 'for who asks why').toMatchObject({ query: 'q' })
    const stubbed = added(chart, [], [{ ...link, target: 'fr.x/gone' }])
    expect(drawn(stubbed, contents, words).links.find(({ target }) => target === 'fr.x/gone')?.dashed).toBe(true)
  })

  it('has references as links and shows no invisible character', () => {
    const view = drawn(chart, contents, words)
    expect(view.links.map(({ label }) => label)).toEqual(['Associate', 'container'])
    expect(view.nodes[1]?.label).toBe('a⟨U+202E⟩b & "c"')
  })

  it('leaves hidden types and other times out, with their links', () => {
    expect(drawn(typeHidden(chart, 'Person', true), contents, words)).toMatchObject({ hiddenByType: 2 })
    const view = drawn(spanned(chart, { from: '2026-05-01', until: '' }), contents, words)
    expect(view.hiddenByTime).toBe(1)
    expect(view.links.map(({ label }) => label)).toEqual(['Associate'])
  })

  it('draws a bundle as one, with a count for each country', () => {
    const view = drawn(grouped(chart, ['fr.x/a', 'se.y/b'], 2), contents, words)
    expect(view.nodes.find(({ state }) => state === 'bundle')?.label).toBe('chart.bundle 2 Person FR 1, SE 1')
    expect(view.links.map(({ label }) => label)).toEqual(['container'])
  })

  it('is walked by its links, in both directions', () => {
    const view = drawn(chart, contents, words)
    expect(waysFrom(view, 'fr.x/k').map(({ to, outward }) => [to.id, outward])).toEqual([['fr.x/s', false]])
  })
})

describe('a picture that leaves', () => {
  it('escapes whatever records say', () => {
    const { text } = svgOf(drawn(chart, contents, words), palette, { above: ['</text><script>'], below: [] })
    expect(text).not.toMatch(/<script|<\/text><s/)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(escaped('\u0000\ud800"\'')).toBe('��&quot;&#39;')
  })

  it('has no word of a record that is left out, nor of a link that rests on one', () => {
    const view = withoutMissing(drawn(chart, contents, words), new Set(['fr.x/a']), 'left out', chart)
    const rows = rowsOf(view, contents, { above: [], below: [] }, words)
    expect(JSON.stringify(rows)).not.toMatch(/script|knows/)
    const onlyLink = withoutMissing(drawn(chart, contents, words), new Set(['fr.x/l']), 'left out', chart)
    expect(onlyLink.links.find(({ id }) => id.startsWith('RECORD'))).toMatchObject({ label: '', of: [] })
    expect(drawn(chart, contents, words).links[0]?.of).toEqual([linkId(link)])
  })

  it.each([['=1+1', `"'=1+1"`], ['a;@x', `"a;'@x"`], ['say "x"', '"say ""x"""'], ['two\r\nlines', '"two lines"'], ['a\u202eb', '"a⟨U+202E⟩b"'], ['x-1', '"x-1"']])(
    'writes the cell %s',
    (value, told) => expect(cell(value)).toBe(told),
  )

  it('writes rows with the mark that spreadsheets need', () => expect(csvOf([['a', '+b']])).toBe('\ufeff"a","\'+b"\r\n'))
})

describe('dates and places', () => {
  it('keep the precision in which they were written', () => {
    expect(bounds('2026')).toEqual([Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1) - 1])
    expect(bounds('2026-12')).toEqual([Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1) - 1])
    expect(bounds('2026-04-17T02:21:00')[0]).toBe(Date.UTC(2026, 3, 17, 2, 21))
    expect(within('2026-04', { from: '2026-04-30', until: '2026-05-02' })).toBe(true)
    expect(within('2026-04-17', { from: '', until: '2026-04-16' })).toBe(false)
  })

  it('know what happened from what lasts', () => {
    expect(CLAIMS.flatMap(momentsOf).map(({ name }) => name)).toEqual(['date'])
    expect(inSpan(claim('fr.x/q', 'Person', 'q', { birthDate: ['1990'] }), { from: '2026', until: '' })).toBe(true)
  })

  it('read positions and tracks, and nothing that is none', () => {
    expect(CLAIMS.flatMap(placesOf)).toEqual([{ handle: 'fr.x/k', at: [-0.11, 49.49], vague: 0.005, way: [] }])
    expect(placesOf(claim('fr.x/t', 'AisTrack', 't', { positions: ['1.5,50,17 2,51,18'] }))[0]).toMatchObject({ at: [2, 51] })
    expect(placesOf(claim('fr.x/z', 'Port', 'z', { latitude: ['91'], longitude: ['1'] }))).toEqual([])
    expect(inArea({ at: [-0.11, 49.49] }, { west: '-1', south: '49', east: '0', north: '' })).toBe(true)
    expect(inArea({ at: [-0.11, 49.49] }, { west: '0', south: '', east: '', north: '' })).toBe(false)
  })
})
