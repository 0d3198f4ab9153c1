import { useMemo, useState } from 'react'
import type { Claim } from '../../api/picture'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { visibleText } from '../../parts/visible'
import { useTexts } from '../../shell/texts'
import { frameOf } from '../chart/frame'
import type { Frame } from '../chart/frame'
import { MapFrames } from '../chart/MapFrames'
import { MapPicture } from '../chart/MapPicture'
import { fixes, placesOf } from '../chart/places'
import type { Area, Place, Point } from '../chart/places'
import { Records, ToRecord } from './lines'
import { saidBy } from './told'
import type { Seen, VesselTold } from './told'
import '../chart/chart.css'

const EVERYWHERE: Area = { west: '', south: '', east: '', north: '' }
const DRAWN = new Set(['AisTrack', 'AisEvent', 'DropOffArea'])
/** Of a degree of latitude. */
const KM = 111.2

interface Position {
  readonly key: string
  readonly claim: Claim
  readonly at: Point
  readonly time: string | null
  readonly km: number | null
}

/** Where the vessel was: its tracks, what was seen of it, drop-off areas; the table says all that is drawn. */
export function VesselMap({ told: { claims, events } }: { told: VesselTold }) {
  const { t, code } = useTexts()
  const [wanted, setFrame] = useState<Frame | null>(null)
  const [chosen, choose] = useState<readonly string[]>([])
  const drawn = useMemo(() => claims.filter(({ record }) => DRAWN.has(record.schema)), [claims])
  const places = useMemo(() => drawn.flatMap(placeOf), [drawn])
  const rows = useMemo(() => drawn.flatMap((each) => positionsOf(each, events)), [drawn, events])
  const names = new Map(drawn.map(({ handle, record }) => [handle, record]))
  const frame = wanted ?? frameOf(places.flatMap(({ at, way, vague }) => [at, ...way, [at[0], at[1] + vague] as const]))
  if (!places.length) return <p className="empty">{t('vessels.map.none')}</p>
  return (
    <>
      <div className="actions">
        <MapFrames frame={frame} onFrame={setFrame} />
      </div>
      <MapPicture
        frame={frame}
        places={places}
        area={EVERYWHERE}
        route={[]}
        met={[]}
        name={(handle) => visibleText(names.get(handle)?.caption ?? handle)}
        isChosen={(handle) => chosen.includes(handle)}
        isPlace={(handle) => names.get(handle)?.schema === 'DropOffArea'}
        onArea={() => undefined}
        onChoose={choose}
      />
      <p role="status">
        <Records handles={chosen} />
      </p>
      <p>
        <small>
          {t('vessels.map.legend')} {t('chart.map.borders')}
        </small>
      </p>
      <details>
        <summary>{t('vessels.map.table', { count: rows.length })}</summary>
        <Table
          caption={t('vessels.map.positions')}
          rows={rows}
          id={({ key }) => key}
          columns={[
            {
              key: 'what',
              title: t('histories.what'),
              text: ({ claim }) => `${code('schema', claim.record.schema)} ${claim.record.caption ?? ''}`,
              show: ({ claim: { record } }) => (
                <>
                  {code('schema', record.schema)} <Said>{record.caption}</Said>
                </>
              ),
            },
            { key: 'when', title: t('histories.when'), text: ({ time }) => time ?? '', show: ({ time }) => <Time at={time} /> },
            { key: 'north', title: t('chart.map.latitude'), numeric: true, text: ({ at }) => at[1], show: ({ at }) => at[1].toFixed(3) },
            { key: 'east', title: t('chart.map.longitude'), numeric: true, text: ({ at }) => at[0], show: ({ at }) => at[0].toFixed(3) },
            {
              key: 'within',
              title: t('vessels.map.radius'),
              numeric: true,
              text: ({ km }) => km ?? 0,
              show: ({ km }) => (km === null ? '—' : t('chart.met.km', { km })),
            },
            { key: 'owner', title: t('vessels.column.owner'), text: ({ claim }) => claim.node, show: ({ claim }) => <NodeBadge node={claim.node} /> },
            { key: 'record', title: t('histories.record'), show: ({ claim }) => <ToRecord handle={claim.handle} /> },
          ]}
        />
      </details>
    </>
  )
}

/** Kilometres around an area's middle; null where the record is none, or does not say. */
function radiusOf(claim: Claim): number | null {
  const km = Number(saidBy(claim, 'radius')[0])
  return km > 0 ? km : null
}

/** An area is drawn as wide as it is told; of anything else the circle is what its digits leave open. */
function placeOf(claim: Claim): readonly Place[] {
  const radius = radiusOf(claim)
  return placesOf(claim).map((place) => (radius === null ? place : { ...place, vague: radius / KM }))
}

function positionsOf(claim: Claim, events: readonly Seen[]): readonly Position[] {
  const track = fixes(claim)
  if (track.length)
    return track.map(({ at, time }, place) => ({ key: `${claim.handle} ${place}`, claim, at, time: time > 0 ? new Date(time).toISOString() : null, km: null }))
  const time = events.find(({ handle }) => handle === claim.handle)?.begin?.earliest ?? null
  return placesOf(claim).map(({ at }) => ({ key: claim.handle, claim, at, time, km: radiusOf(claim) }))
}
