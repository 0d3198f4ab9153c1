import { useMemo, useState } from 'react'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { nodeOf, schemaOf } from './contents'
import { frameOf } from './frame'
import type { Frame } from './frame'
import { kindOf } from './kinds'
import { MapFrames } from './MapFrames'
import { MapPicture } from './MapPicture'
import { Meetings } from './Meetings'
import { keptOnly } from './model'
import { inArea, kilometres, meetings, placeIn, routeOf, sightingsOf } from './places'
import type { Area } from './places'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'
import { nameOf } from './view'

const NOWHERE: Area = { west: '', south: '', east: '', north: '' }
const EDGES = ['west', 'south', 'east', 'north'] as const

/** Where things are, as far as their owners gave positions; an area is told by four numbers or drawn. */
export default function MapSide({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t, code } = useTexts()
  const { chart, contents, view, act } = desk
  const [wanted, setFrame] = useState<Frame | null>(null)
  const [area, setArea] = useState<Area>(NOWHERE)
  const [moved, setMoved] = useState<string | null>(null)
  const shown = useMemo(() => new Map(view.nodes.flatMap(({ id, handles }) => handles.map((each) => [each, id] as const))), [view])
  const places = useMemo(() => [...shown.keys()].flatMap((handle) => placeIn(contents, handle) ?? []), [shown, contents])
  const met = useMemo(() => meetings([...shown.keys()].flatMap((each) => sightingsOf(contents, each))), [shown, contents])
  const route = useMemo(() => (moved ? routeOf(chart, contents, moved) : []), [chart, contents, moved])
  const frame = wanted ?? frameOf(places.flatMap(({ at, way }) => [at, ...way]))
  const inside = places.filter((each) => inArea(each, area))
  const bounded = EDGES.some((each) => area[each] !== '')
  const name = (handle: string) => nameOf(contents, handle, { t, code })
  const choose = (handles: readonly string[]) => chosen.choose([...new Set(handles.flatMap((each) => shown.get(each) ?? []))])
  const [current] = chosen.handles
  const onRoute = current !== undefined && moved === current
  return (
    <>
      <div className="actions">
        <MapFrames frame={frame} onFrame={setFrame} />
        <Button disabled={!current} pressed={onRoute} onClick={() => setMoved(onRoute ? null : (current ?? null))}>
          {t('chart.map.route')}
        </Button>
      </div>
      <MapPicture
        frame={frame}
        places={places}
        area={area}
        route={route}
        met={met}
        name={name}
        isChosen={(handle) => chosen.ids.has(shown.get(handle) ?? '')}
        isPlace={(handle) => kindOf(schemaOf(contents, handle)).family === 'places'}
        onArea={setArea}
        onChoose={choose}
      />
      <p>
        <small>
          {t('chart.map.legend')} {t('chart.map.borders')}
        </small>
      </p>
      {moved ? (
        <p role="status">
          {t('chart.map.onRoute', {
            name: name(moved), count: route.length,
            km: Math.round(route.slice(1).reduce((sum, { at }, place) => sum + kilometres(route[place]?.at ?? at, at), 0)),
          })}
        </p>
      ) : null}
      <fieldset className="form chart-area">
        <legend>{t('chart.map.area')}</legend>
        <div className="chart-edges">
          {EDGES.map((each) => (
            <TextField key={each} label={t(`chart.map.${each}`)} type="number" min={-180} max={180} value={area[each]} onChange={(value) => setArea({ ...area, [each]: value })} />
          ))}
        </div>
        <p className="actions">
          <Button disabled={!inside.length} onClick={() => choose(inside.map(({ handle }) => handle))}>
            {t('chart.map.choose', { count: inside.length })}
          </Button>
          <Button disabled={!inside.length || !bounded} onClick={() => act('dismiss', (before) => keptOnly(before, inside.map(({ handle }) => handle)))}>
            {t('chart.map.only')}
          </Button>
          <Button disabled={!bounded} onClick={() => setArea(NOWHERE)}>
            {t('chart.map.everywhere')}
          </Button>
        </p>
      </fieldset>
      <p>{t('chart.map.without', { count: chart.items.size - places.length })}</p>
      <Meetings met={met} desk={desk} chosen={chosen} />
      <Table
        caption={t('chart.map.list')}
        rows={inside}
        id={({ handle }) => handle}
        empty={t('chart.map.none')}
        findable={inside.length > 10}
        columns={[
          {
            key: 'name',
            title: t('chart.column.name'),
            text: ({ handle }) => name(handle),
            show: ({ handle }) => (shown.has(handle) ? <Button onClick={() => choose([handle])}>{name(handle)}</Button> : <Said>{name(handle)}</Said>),
          },
          { key: 'owner', title: t('chart.column.owner'), text: ({ handle }) => nodeOf(handle), show: ({ handle }) => <NodeBadge node={nodeOf(handle)} /> },
          { key: 'north', title: t('chart.map.latitude'), numeric: true, text: ({ at }) => at[1], show: ({ at }) => at[1].toFixed(2) },
          { key: 'east', title: t('chart.map.longitude'), numeric: true, text: ({ at }) => at[0], show: ({ at }) => at[0].toFixed(2) },
          {
            key: 'vague',
            title: t('chart.map.within'),
            numeric: true,
            text: ({ vague }) => vague,
            show: ({ at, vague }) => t('chart.met.km', { km: Math.max(0.1, Math.round(10 * kilometres(at, [at[0], at[1] + vague])) / 10) }),
          },
        ]}
      />
    </>
  )
}
