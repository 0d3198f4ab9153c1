import { Suspense, lazy, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { taken } from '../../api/chart'
import { useMandate } from '../../api/mandate'
import { Boundary } from '../../shell/Boundary'
import { useTexts } from '../../shell/texts'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { Failure, Notice } from '../../parts/Notice'
import { Tabs } from '../../parts/Tabs'
import { Canvas } from './Canvas'
import { ExpandDialog } from './ExpandDialog'
import { ExportDialog } from './ExportDialog'
import type { Form } from './ExportDialog'
import { GroupDialog } from './GroupDialog'
import { KeysDialog } from './KeysDialog'
import type { Handle } from './model'
import { collapsed, dismissed } from './model'
import { Panel } from './Panel'
import { PathsPanel } from './PathsPanel'
import { Replay } from './Replay'
import type { Shown } from './Replay'
import { growthOf, grownTo } from './growth'
import { Toolbar } from './Toolbar'
import type { Command } from './Toolbar'
import { Twin } from './Twin'
import { useChosen } from './useChosen'
import { useDesk } from './useDesk'
import type { PathsFound, Told } from './useDesk'
import { usePublished } from './published'
import { useWalk } from './useWalk'

const MapSide = lazy(() => import('./MapSide'))
const Timeline = lazy(() => import('./Timeline'))

export type Side = 'picture' | 'table' | 'timeline' | 'map'
const SIDES: readonly Side[] = ['picture', 'table', 'timeline', 'map']

/** The chart at work: one selection, one set of steps, four ways to look at it. */
export function ChartDesk({ id, waits }: { id: string; waits: readonly Handle[] }) {
  const { t, code } = useTexts()
  const { mandate } = useMandate()
  const desk = useDesk(id)
  const { chart, view, act, add } = desk
  const chosen = useChosen(view)
  const [side, setSide] = useState<Side>('picture')
  const [fit, setFit] = useState<{ turn: number; ids: readonly string[] }>({ turn: 0, ids: [] })
  const [open, setOpen] = useState<'expand' | 'group' | 'keys' | Form | null>(null)
  const [paths, setPaths] = useState<PathsFound | null>(null)
  const [replay, setReplay] = useState<Shown>({ at: null, playing: false })
  const walk = useWalk(view, chosen)
  const started = useRef(false)
  usePublished(chart, view, chosen.ids, desk.arranging)

  useEffect(() => {
    if (started.current || !waits.length || !mandate) return
    started.current = true
    taken()
    const whole = () => setFit(({ turn }) => ({ turn: turn + 1, ids: [] }))
    void add(waits, whole).then(whole)
  }, [waits, mandate, add])

  const growth = useMemo(() => growthOf(chart, desk.contents), [chart, desk.contents])
  const picture = useMemo(() => {
    const day = replay.at === null ? undefined : growth.days[replay.at]
    return day === undefined ? view : grownTo(view, growth, day)
  }, [view, growth, replay.at])

  const look = useCallback((ids: readonly string[] = []) => setFit(({ turn }) => ({ turn: turn + 1, ids })), [])
  const findPath = async () => {
    const [start, end] = [chosen.handles[0], chosen.handles[1]]
    if (!start || !end) return
    const found = await desk.path(start, end)
    setPaths(found)
    if (found?.lit.size) look([...found.lit])
  }
  const run = (command: Command) => {
    if (command === 'expand') setOpen('expand')
    else if (command === 'group') setOpen('group')
    else if (command === 'keys') setOpen('keys')
    else if (command === 'path') void findPath()
    else if (command === 'collapse') act('collapse', (before) => chosen.handles.reduce(collapsed, before))
    else if (command === 'dismiss') act('dismiss', (before) => dismissed(before, chosen.handles))
    else if (command === 'fit') look()
    else if (command === 'fitChosen') look([...chosen.ids])
    else if (command === 'undo') desk.undo()
    else if (command === 'redo') desk.redo()
    else if (command === 'table') setSide((before) => (before === 'table' ? 'picture' : 'table'))
    else if (command === 'inspect') document.getElementById('chart-facts')?.focus()
    else setOpen(command)
  }
  const toldOf = (told: Told | null) =>
    told
      ? [
          t('chart.added', { count: told.count }),
          ...told.groups.map(({ schema, count }) => t('chart.gathered', { count, what: code('schema', schema) })),
          ...(told.cut ? [t('chart.cut', { count: told.cut })] : []),
          ...(told.short ? [t('chart.short')] : []),
          ...(told.left ? [t('chart.full', { count: told.left })] : []),
        ].join(' ')
      : ''
  const unasked = view.nodes.filter(({ state }) => state === 'unasked').length

  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the commands' keys hold for all that is in it
    <div
      className="chart-desk"
      onKeyDown={(event) => {
        const told = commandOf(event)
        if (told) {
          event.preventDefault()
          run(told)
        }
      }}
    >
      <Toolbar id={id} desk={desk} chosen={chosen} run={run} />
      <Failure error={desk.asked.error} />
      {unasked > 0 && !desk.asked.asking ? (
        <Notice tone="info">
          {t('chart.unasked', { count: unasked })}{' '}
          <button type="button" className="button" aria-disabled={!mandate || undefined} onClick={() => void desk.again(false)}>
            {t('chart.again')}
          </button>
        </Notice>
      ) : null}
      <div className="chart-said">
        <p role="status" className="chart-status">
          {desk.arranging ? t('chart.arranging', { count: desk.arranging }) : desk.asked.asking ? t('chart.asking') : toldOf(desk.told)}
        </p>
        {desk.arranging ? <Button onClick={desk.stop}>{t('chart.stop')}</Button> : null}
      </div>
      <Tabs label={t('chart.sides')} ids={SIDES} chosen={side} onChoose={setSide} text={(each) => t(`chart.side.${each}`)} panel={() => 'chart-side'} />
      <div className="chart-split">
        <div id="chart-side" role="tabpanel" aria-labelledby={`tab-${side}`} tabIndex={-1}>
          <Boundary>
            {side === 'picture' ? (
              // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it is walked by keys, spoken below
              <div className="chart-around" role="application" aria-label={t('chart.picture', { count: view.nodes.length })} aria-describedby="chart-help" tabIndex={0} onKeyDown={walk.onKey}>
                <Canvas
                  view={picture}
                  sized={chart.sized}
                  chosen={chosen.ids}
                  current={walk.ahead ?? chosen.current}
                  lit={paths?.lit.size ? paths.lit : null}
                  onMove={desk.onMove}
                  fit={fit}
                  onChoose={chosen.choose}
                  onDrag={desk.drag}
                  onOpen={(node) => {
                    chosen.choose([node])
                    setOpen('expand')
                  }}
                />
                {view.nodes.length ? null : <p className="empty chart-empty">{t('chart.empty')}</p>}
              </div>
            ) : null}
            {side === 'table' ? <Twin desk={desk} chosen={chosen} /> : null}
            <Suspense fallback={<Loading />}>
              {side === 'timeline' ? <Timeline desk={desk} chosen={chosen} /> : null}
              {side === 'map' ? <MapSide desk={desk} chosen={chosen} /> : null}
            </Suspense>
          </Boundary>
          {side === 'picture' ? <Replay growth={growth} shown={replay} records={picture.nodes.length} onShow={setReplay} /> : null}
          <p id="chart-help">
            <small>{t('chart.help')}</small>
          </p>
          <p role="status" className="unseen">
            {walk.said}
          </p>
        </div>
        <aside className="chart-panel" aria-label={t('chart.panel')}>
          {paths ? <PathsPanel found={paths} desk={desk} chosen={chosen} onClose={() => setPaths(null)} /> : null}
          <Panel desk={desk} chosen={chosen} />
        </aside>
      </div>
      {open === 'expand' ? <ExpandDialog desk={desk} handles={chosen.handles} onClose={() => setOpen(null)} /> : null}
      {open === 'group' ? <GroupDialog desk={desk} chosen={chosen} onClose={() => setOpen(null)} /> : null}
      {open === 'keys' ? <KeysDialog onClose={() => setOpen(null)} /> : null}
      {open === 'png' || open === 'svg' || open === 'csv' || open === 'program' ? <ExportDialog form={open} desk={desk} onClose={() => setOpen(null)} /> : null}
    </div>
  )
}

/** The command of a key; a key alone counts on the picture only, and never in a field. */
function commandOf(event: React.KeyboardEvent): Command | null {
  const { target } = event
  if (!(target instanceof HTMLElement) || target.closest('input, textarea, select, [role=dialog]')) return null
  const held = event.ctrlKey || event.metaKey
  const key = event.key.toLowerCase()
  if (held && key === 'z') return event.shiftKey ? 'redo' : 'undo'
  if (held && key === 'e') return 'expand'
  if (held && key === 'i') return 'inspect'
  if (held || event.altKey || !target.closest('.chart-around')) return null
  return ({ p: 'path', t: 'table', f: 'fit', delete: 'dismiss', '?': 'keys' } as const)[key] ?? null
}
