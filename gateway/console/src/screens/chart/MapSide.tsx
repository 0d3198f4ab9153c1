import { geoConicConformal, geoGraticule10, geoPath } from 'd3-geo'
import type { GeoPermissibleObjects } from 'd3-geo'
import { useEffect, useState } from 'react'
import { fetchJson } from '../../api/ask'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { claimOf, nodeOf } from './contents'
import europe from './europe.json?url'
import { keptOnly } from './model'
import { inArea, placesOf } from './places'
import type { Area, Place } from './places'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'
import { nameOf } from './view'

const [WIDTH, HEIGHT] = [900, 620]
const NOWHERE: Area = { west: '', south: '', east: '', north: '' }
const EDGES = ['west', 'south', 'east', 'north'] as const

/** Where things are, as far as their owners gave positions; an area is told by four numbers or drawn. */
export default function MapSide({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t, code } = useTexts()
  const { chart, contents, view, act } = desk
  const [land, setLand] = useState<GeoPermissibleObjects | null>(null)
  const [area, setArea] = useState<Area>(NOWHERE)
  const [from, setFrom] = useState<readonly [number, number] | null>(null)
  useEffect(() => {
    let here = true
    fetchJson<GeoPermissibleObjects>(europe)
      .then((told) => {
        if (here) setLand(told)
      })
      .catch(() => setLand(null))
    return () => {
      here = false
    }
  }, [])
  const projection = geoConicConformal()
    .rotate([-10, 0])
    .parallels([40, 60])
    .fitExtent([[8, 8], [WIDTH - 8, HEIGHT - 8]], { type: 'MultiPoint', coordinates: [[-11, 35], [31, 35], [-11, 63], [31, 63]] })
    .clipExtent([[0, 0], [WIDTH, HEIGHT]])
  const path = geoPath(projection)
  const shown = new Map(view.nodes.flatMap(({ id, handles }) => handles.map((each) => [each, id] as const)))
  const places: Place[] = [...shown.keys()].flatMap((handle) => {
    const claim = claimOf(contents, handle)
    return claim ? placesOf(claim) : []
  })
  const inside = places.filter((each) => inArea(each, area))
  const bounded = EDGES.some((each) => area[each] !== '')
  const spot = (event: React.PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return projection.invert?.([((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT]) ?? null
  }
  const between = (one: readonly [number, number], other: readonly [number, number]): Area => ({
    west: Math.min(one[0], other[0]).toFixed(2), east: Math.max(one[0], other[0]).toFixed(2),
    south: Math.min(one[1], other[1]).toFixed(2), north: Math.max(one[1], other[1]).toFixed(2),
  })
  return (
    <>
      <svg
        className="map"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={t('chart.map.picture', { count: places.length })}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setFrom(spot(event))
        }}
        onPointerMove={(event) => {
          const to = from && spot(event)
          if (to) setArea(between(from, to))
        }}
        onPointerUp={() => setFrom(null)}
      >
        <rect className="sea" width={WIDTH} height={HEIGHT} />
        <path className="graticule" d={path(geoGraticule10()) ?? ''} />
        {land ? <path className="land" d={path(land) ?? ''} /> : null}
        {bounded ? <path className="brush" d={path(frameOf(area)) ?? ''} /> : null}
        {places.filter(({ way }) => way.length > 1).map(({ handle, way }) => (
          <path key={`way ${handle}`} className="way" d={path({ type: 'LineString', coordinates: way.map((each) => [...each]) }) ?? ''} />
        ))}
        {places.map(({ handle, at }) => {
          const [x, y] = projection([...at]) ?? [-99, -99]
          const id = shown.get(handle)
          const on = id !== undefined && chosen.ids.has(id)
          return <circle key={handle} className={`point node-${nodeOf(handle).slice(0, 2)}${on ? ' on' : ''}`} cx={x} cy={y} r={on ? 9 : 6} />
        })}
      </svg>
      <p>
        <small>{t('chart.map.borders')}</small>
      </p>
      <fieldset className="form row">
        <legend>{t('chart.map.area')}</legend>
        {EDGES.map((each) => (
          <TextField key={each} label={t(`chart.map.${each}`)} type="number" min={-180} max={180} value={area[each]} onChange={(value) => setArea({ ...area, [each]: value })} />
        ))}
        <Button disabled={!inside.length} onClick={() => chosen.choose(inside.flatMap(({ handle }) => shown.get(handle) ?? []))}>
          {t('chart.map.choose', { count: inside.length })}
        </Button>
        <Button disabled={!inside.length || !bounded} onClick={() => act('dismiss', (before) => keptOnly(before, inside.map(({ handle }) => handle)))}>
          {t('chart.map.only')}
        </Button>
        <Button disabled={!bounded} onClick={() => setArea(NOWHERE)}>
          {t('chart.map.everywhere')}
        </Button>
      </fieldset>
      <p>{t('chart.map.without', { count: chart.items.size - places.length })}</p>
      <Table
        caption={t('chart.map.list')}
        rows={inside}
        id={({ handle }) => handle}
        empty={t('chart.map.none')}
        columns={[
          {
            key: 'name',
            title: t('chart.column.name'),
            text: ({ handle }) => nameOf(contents, handle, { t, code }),
            show: ({ handle }) => {
              const id = shown.get(handle)
              const name = nameOf(contents, handle, { t, code })
              return id ? <Button onClick={() => chosen.choose([id])}>{name}</Button> : <Said>{name}</Said>
            },
          },
          { key: 'owner', title: t('chart.column.owner'), text: ({ handle }) => nodeOf(handle), show: ({ handle }) => <NodeBadge node={nodeOf(handle)} /> },
          { key: 'north', title: t('chart.map.latitude'), numeric: true, text: ({ at }) => at[1], show: ({ at }) => at[1].toFixed(2) },
          { key: 'east', title: t('chart.map.longitude'), numeric: true, text: ({ at }) => at[0], show: ({ at }) => at[0].toFixed(2) },
        ]}
      />
    </>
  )
}

/** The area's edge as a line along parallels and meridians. */
function frameOf(area: Area): GeoPermissibleObjects {
  const of = (edge: keyof Area, open: number) => (area[edge] === '' ? open : Number(area[edge]))
  const [west, south, east, north] = [of('west', -30), of('south', 25), of('east', 55), of('north', 75)]
  return { type: 'LineString', coordinates: [[west, south], [east, south], [east, north], [west, north], [west, south]] }
}
