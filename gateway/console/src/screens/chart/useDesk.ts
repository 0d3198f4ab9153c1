import { useCallback, useMemo, useState } from 'react'
import type { Asked } from '../../api/asked'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { chartNetwork, chartPaths } from '../../generated/documents'
import { useTexts } from '../../shell/texts'
import type { Contents, NetworkReply } from './contents'
import { NOTHING, around, claimOf, learned, linksOf, references, schemaOf } from './contents'
import { beside, byType, circle, freeSpots, grid, hierarchy } from './layout'
import type { Layout } from './layout'
import { dragged, laidOut, linkId, standing } from './model'
import type { Chart, Handle, Link, Spot } from './model'
import { added, gathered } from './room'
import { newsOf } from './steps'
import type { StepName } from './steps'
import { useLayout } from './useLayout'
import type { LayoutBeside } from './useLayout'
import { useSteps } from './useSteps'
import type { Doing } from './useSteps'
import { drawn } from './view'
import type { View } from './view'

/** What came of an addition: what found no room, and what is drawn as groups because there is too much of it. */
export interface Told {
  readonly count: number
  readonly left: number
  /** How many were found and left out, because no more were wanted. */
  readonly cut: number
  /** Not all was asked for: the node's bound for one step was reached. */
  readonly short: boolean
  readonly groups: readonly { readonly schema: string; readonly count: number }[]
}

export interface Desk extends Doing, Omit<LayoutBeside, 'attract'> {
  readonly contents: Contents
  readonly view: View
  readonly asked: Asked<unknown>
  readonly told: Told | null
  readonly measures: NetworkReply['measures']
  readonly measured: readonly Handle[]
  /** Adds records by their handles: their nodes are asked for them. `onDrawn`: they are on the chart, not yet laid out. */
  readonly add: (handles: readonly Handle[], onDrawn: () => void) => Promise<void>
  /** How much lies around these, by node and type; nothing of it is shown. */
  readonly count: (handles: readonly Handle[]) => Promise<NetworkReply | null>
  readonly expand: (handles: readonly Handle[], schemata: ReadonlySet<string>, most: number) => Promise<void>
  /** Asks the owners of everything on the chart anew. */
  readonly again: (measure: boolean) => Promise<void>
  readonly path: (start: Handle, end: Handle) => Promise<PathsFound | null>
  readonly arrange: (layout: Layout) => Promise<void>
  readonly drag: (spots: ReadonlyMap<string, Spot>) => void
}

export interface PathsFound {
  readonly paths: readonly { readonly handles: readonly Handle[]; readonly sentences: readonly string[] }[]
  readonly stopped: string
  readonly lit: ReadonlySet<string>
}

const STUBS: ReadonlySet<string | undefined> = new Set(['withdrawn', 'silent'])

/** The chart, what nodes said about its records, and every step that asks them something. */
export function useDesk(id: string): Desk {
  const doing = useSteps(id)
  const { chart, act, begin, now } = doing
  const { attract, ...layouting } = useLayout()
  const { mandate } = useMandate()
  const { t, code, language } = useTexts()
  const [contents, learn] = useState<Contents>(NOTHING)
  const [asked, ask] = useStep(chartNetwork)
  const [sought, seek] = useStep(chartPaths)
  const [told, tell] = useState<Told | null>(null)
  const [found, setMeasures] = useState<{ of: NetworkReply['measures']; handles: readonly Handle[] }>({ of: null, handles: [] })
  const [back, comeBack] = useState<ReadonlySet<Handle>>(new Set())
  const news = useMemo(() => newsOf(doing.steps, back), [doing.steps, back])
  // eslint-disable-next-line react-hooks/exhaustive-deps -- texts change with the language only
  const view = useMemo(() => drawn(chart, contents, { t, code }, news), [chart, contents, news, language])

  const place = useCallback(
    async (name: StepName, handles: readonly Handle[], links: readonly Link[], known: Contents, from: Handle | null, onDrawn?: () => void) => {
      const start = now()
      const fresh = handles.filter((each) => !start.items.has(each))
      const centre = (from === null ? undefined : start.items.get(from)) ?? beside(start)
      const spots = freeSpots(start, centre, fresh.length)
      const additions = fresh.flatMap((handle, at) => (spots[at] ? [{ handle, spot: spots[at], from }] : []))
      const all = [...links, ...references(known, new Set([...start.items.keys(), ...fresh]))]
      const filled = (before: Chart) => gathered(before, additions, all, (handle) => schemaOf(known, handle))
      const after = filled(start)
      const free = new Set([...standing(after).keys()].filter((each) => !start.items.has(each) && !start.bundles.has(each)))
      comeBack(new Set())
      const complete = begin(name, filled)
      onDrawn?.()
      if (free.size > 1) {
        const found = await attract(after, free)
        complete((before) => laidOut(before, found))
      }
      const here = fresh.filter((each) => after.items.has(each))
      const bundles = [...after.bundles].filter(([id]) => !start.bundles.has(id))
      const groups = bundles.map(([, { members }]) => ({ schema: schemaOf(known, members[0] ?? ''), count: members.length }))
      return { count: here.length, left: fresh.length - here.length, cut: 0, short: false, groups }
    },
    [begin, now, attract],
  )

  const network = useCallback(
    async (handles: readonly Handle[], reach: 'COUNTS' | 'NAMED' | 'AROUND', measure = false) => {
      if (!mandate || !handles.length) return null
      const reply = await ask({ handles: [...handles], mandate: mandate.id, reach, measure, language })
      return reply?.network ?? null
    },
    [ask, mandate, language],
  )

  const add = useCallback(
    async (handles: readonly Handle[], onDrawn: () => void) => {
      const reply = await network(handles, 'NAMED')
      if (!reply) return
      const known = learned(contents, handles, reply)
      learn(known)
      tell(await place('add', reply.vertices.flatMap((each) => each.handles), linksOf(reply), known, null, onDrawn))
    },
    [network, contents, place],
  )

  const expand = useCallback(
    async (handles: readonly Handle[], schemata: ReadonlySet<string>, most: number) => {
      const reply = await network(handles, 'AROUND')
      if (!reply) return
      const known = learned(contents, handles, reply)
      const links = linksOf(reply)
      const found = around(handles, schemata, links, known).filter((each) => !now().items.has(each))
      learn(known)
      const placed = await place('expand', found.slice(0, most), links, known, handles.length === 1 ? (handles[0] ?? null) : null)
      tell({ ...placed, cut: Math.max(0, found.length - most), short: reply.stopped !== 'DONE' })
    },
    [network, contents, place, now],
  )

  const again = useCallback(
    async (measure: boolean) => {
      const records = [...now().items.keys()]
      const kept = [...now().links.values()].filter(({ tie }) => tie === 'RECORD').flatMap(({ handles }) => handles)
      const reply = await network([...new Set([...records, ...kept])], 'NAMED', measure)
      if (!reply) return
      const known = learned(contents, [...records, ...kept], reply)
      learn(known)
      comeBack(new Set(records.filter((each) => STUBS.has(contents.records.get(each)?.state) && claimOf(known, each))))
      const more = [...linksOf(reply), ...references(known, new Set(records))]
      if (more.some((link) => !now().links.has(linkId(link)))) act('add', (before) => added(before, [], more))
      if (measure) setMeasures({ of: reply.measures, handles: reply.vertices.map((each) => each.handles[0] ?? '') })
    },
    [network, contents, act, now],
  )

  const path = useCallback(
    async (start: Handle, end: Handle): Promise<PathsFound | null> => {
      if (!mandate) return null
      const reply = (await seek({ start, end, mandate: mandate.id, mostHops: 6, language }))?.networkPaths
      if (!reply) return null
      const known = learned(contents, [], reply)
      const on = new Set(reply.members.flatMap((place) => reply.vertices[place]?.handles ?? []))
      const pairs = new Set(reply.paths.flat().map(({ source, target }) => [source, target].sort().join(' ')))
      const links = linksOf(reply).filter((_, place) => {
        const tie = reply.ties[place]
        return tie && pairs.has([tie.source, tie.target].sort().join(' '))
      })
      learn(known)
      if (on.size) tell(await place('path', [...on], links, known, start))
      const paths = reply.paths.map((steps) => ({
        handles: [start, ...steps.map(({ target }) => reply.vertices[target]?.handles[0] ?? '')],
        sentences: steps.flatMap(({ sentences }) => sentences),
      }))
      return { paths, stopped: reply.stopped, lit: new Set([...on, ...links.map(linkId)]) }
    },
    [seek, mandate, language, contents, place],
  )

  const arrange = useCallback(
    async (layout: Layout) => {
      const start = now()
      const free = [...standing(start)].flatMap(([name, { pinned }]) => (pinned ? [] : [name]))
      const type = (name: string) => schemaOf(contents, start.bundles.get(name)?.members[0] ?? name)
      const found = layout === 'force' ? await attract(start, new Set(free)) : spotsOf(layout, free, start, type)
      act('layout', (before) => laidOut(before, found))
    },
    [act, now, attract, contents],
  )

  const error = asked.error ?? sought.error
  return {
    ...doing, ...layouting, contents, view, told, add, expand, again, path, arrange,
    asked: { asking: asked.asking || sought.asking, ...(error ? { error } : {}) },
    count: useCallback((handles: readonly Handle[]) => network(handles, 'COUNTS'), [network]),
    drag: useCallback((spots: ReadonlyMap<string, Spot>) => act('drag', (before) => dragged(before, spots)), [act]),
    measures: found.of,
    measured: found.handles,
  }
}

function spotsOf(layout: Exclude<Layout, 'force'>, free: readonly string[], chart: Chart, type: (name: string) => string) {
  if (layout === 'circle') return circle(free)
  if (layout === 'grid') return grid(free)
  if (layout === 'hierarchy') return hierarchy(free, chart)
  return byType(free, type)
}
