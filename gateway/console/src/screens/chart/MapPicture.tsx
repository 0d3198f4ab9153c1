import { geoConicConformal, geoGraticule10, geoPath } from 'd3-geo'
import type { GeoPermissibleObjects } from 'd3-geo'
import { useEffect, useState } from 'react'
import { fetchJson } from '../../api/ask'
import { useTexts } from '../../shell/texts'
import { nodeOf } from './contents'
import europe from './europe.json?url'
import { clustered, readable } from './frame'
import type { Frame } from './frame'
import type { Area, Meeting, Place, Point, Sighting } from './places'

const [WIDTH, HEIGHT] = [900, 560]
/** Width of a letter of a label, near enough. */
const LETTER = 6.6

interface Props {
  readonly frame: Frame
  readonly places: readonly Place[]
  readonly area: Area
  readonly route: readonly Sighting[]
  readonly met: readonly Meeting[]
  readonly name: (handle: string) => string
  readonly isChosen: (handle: string) => boolean
  readonly isPlace: (handle: string) => boolean
  readonly onArea: (area: Area) => void
  readonly onChoose: (handles: readonly string[]) => void
}

/** The land once it is fetched. */
function useLand(): GeoPermissibleObjects | null {
  const [land, setLand] = useState<GeoPermissibleObjects | null>(null)
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
  return land
}

/** Europe, or a part of it: where things are. A drag is an area, a click chooses; the list says all of it. */
export function MapPicture({ frame, places, area, route, met, name, isChosen, isPlace, onArea, onChoose }: Props) {
  const { t } = useTexts()
  const land = useLand()
  const [from, setFrom] = useState<{ at: Point; x: number; y: number } | null>(null)
  const [west, south, east, north] = frame
  const projection = geoConicConformal()
    .rotate([-(west + east) / 2, 0])
    .parallels([40, 60])
    .fitExtent([[0, 0], [WIDTH, HEIGHT]], { type: 'MultiPoint', coordinates: [[west, south], [east, south], [west, north], [east, north], [(west + east) / 2, north], [(west + east) / 2, south]] })
    .clipExtent([[-2, -2], [WIDTH + 2, HEIGHT + 2]])
  const path = geoPath(projection)
  const project = ([lon, lat]: Point) => projection([lon, lat])
  const lineOf = (points: readonly Point[]) => path({ type: 'LineString', coordinates: points.map(([lon, lat]) => [lon, lat]) }) ?? ''
  const clusters = clustered(places, project, 14).filter(({ x, y }) => x > 0 && y > 0 && x < WIDTH && y < HEIGHT)
  const labels = clusters.map(({ x, y, places: here }) => {
    const words = name((here.find(({ handle }) => isPlace(handle)) ?? here[0])?.handle ?? '')
    const short = words.length > 26 ? `${words.slice(0, 25)}…` : words
    const text = here.length > 1 ? `${short} +${here.length - 1}` : short
    return { text, x: x + 12, y, wide: text.length * LETTER }
  })
  const shown = readable(labels)
  const spot = (event: React.PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const [x, y] = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT]
    const at = projection.invert?.([x, y])
    return at ? { at, x, y } : null
  }
  const bounded = Object.values(area).some((edge) => edge !== '')
  return (
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
        if (to && Math.hypot(to.x - from.x, to.y - from.y) > 8) onArea(areaOf(from.at, to.at))
      }}
      onPointerCancel={() => setFrom(null)}
      onPointerUp={(event) => {
        const to = spot(event)
        setFrom(null)
        if (!from || !to || Math.hypot(to.x - from.x, to.y - from.y) > 8) return
        const near = clusters.find(({ x, y }) => Math.hypot(x - to.x, y - to.y) < 14)
        if (near) onChoose(near.places.map(({ handle }) => handle))
      }}
    >
      <rect className="sea" width={WIDTH} height={HEIGHT} />
      <path className="graticule" d={path(geoGraticule10()) ?? ''} />
      {land ? <path className="land" d={path(land) ?? ''} /> : null}
      {bounded ? <path className="brush" d={path(edgeOf(area)) ?? ''} /> : null}
      {places.map(({ handle, at, vague }) => {
        const [x, y] = project(at) ?? [-99, -99]
        const [, edge] = project([at[0], at[1] + vague]) ?? [x, y]
        const radius = Math.abs(edge - y)
        return radius > 7 ? <circle key={`vague ${handle}`} className={`vague node-${nodeOf(handle).slice(0, 2)}`} cx={x} cy={y} r={radius} /> : null
      })}
      {places.filter(({ way }) => way.length > 1).map(({ handle, way }) => (
        <path key={`way ${handle}`} className={`way node-${nodeOf(handle).slice(0, 2)}`} d={lineOf(way)} />
      ))}
      {route.length > 1 ? <path className="route" d={lineOf(route.map(({ at }) => at))} /> : null}
      {met.map(({ day, one, other }) => {
        const [x = 0, y = 0] = project([(one.at[0] + other.at[0]) / 2, (one.at[1] + other.at[1]) / 2]) ?? []
        return (
          <g key={`${day} ${one.handle} ${other.handle}`} className="met" transform={`translate(${x} ${y})`}>
            <circle cx={-4} r={12} />
            <circle cx={4} r={12} />
          </g>
        )
      })}
      {clusters.map(({ x, y, places: here }, place) => {
        const first = here[0]?.handle ?? ''
        const one = new Set(here.map(({ handle }) => nodeOf(handle).slice(0, 2))).size === 1
        const on = here.some(({ handle }) => isChosen(handle))
        return (
          <g key={first}>
            <circle className={`point${one ? ` node-${nodeOf(first).slice(0, 2)}` : ''}${on ? ' on' : ''}`} cx={x} cy={y} r={(on ? 9 : 7) + Math.min(4, here.length - 1)} />
            {shown[place] ? (
              <text x={x + 13 + Math.min(4, here.length - 1)} y={y + 4}>
                {labels[place]?.text}
              </text>
            ) : null}
          </g>
        )
      })}
    </svg>
  )
}

function areaOf(one: Point, other: Point): Area {
  return {
    west: Math.min(one[0], other[0]).toFixed(2), east: Math.max(one[0], other[0]).toFixed(2),
    south: Math.min(one[1], other[1]).toFixed(2), north: Math.max(one[1], other[1]).toFixed(2),
  }
}

/** The area's edge as a line along parallels and meridians. */
function edgeOf(area: Area): GeoPermissibleObjects {
  const of = (edge: keyof Area, open: number) => (area[edge] === '' ? open : Number(area[edge]))
  const [west, south, east, north] = [of('west', -30), of('south', 25), of('east', 55), of('north', 75)]
  return { type: 'LineString', coordinates: [[west, south], [east, south], [east, north], [west, north], [west, south]] }
}
