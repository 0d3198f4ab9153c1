import { useMemo } from 'react'
import { usePerson } from '../../api/session'
import { useTexts } from '../../shell/texts'
import { chartOf } from './fromExport'
import { listed, load, placeOf } from './kept'
import type { Spot } from './model'
import { PAPER } from './paper'
import { svgOf } from './picture'
import { drawn } from './view'

interface Props {
  readonly records: Parameters<typeof chartOf>[0]
}

/** What was exported as vectors for paper; records stand where they stand on the person's own chart that has most of them. */
export default function ReportPicture({ records }: Props) {
  const { t, code } = useTexts()
  const person = usePerson()
  const told = useMemo(() => {
    const { chart, contents } = chartOf(records, spotsKept(placeOf(person), records.map(({ handle }) => handle)))
    const view = drawn(chart, contents, { t, code })
    return { svg: svgOf(view, PAPER, { above: [], below: [] }), records: view.nodes.length, links: view.links.length }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- texts are those of the report's language
  }, [records, person])
  if (!told.records) return null
  return (
    <figure className="report-picture">
      <img
        src={`data:image/svg+xml;utf8,${encodeURIComponent(told.svg.text)}`}
        alt={t('chart.report.alt', { records: told.records, links: told.links })}
      />
      <figcaption>{t('chart.report.caption')}</figcaption>
    </figure>
  )
}

/** Where records stand on the kept chart that has most of them; none where no chart has two. */
function spotsKept(place: string, handles: readonly string[]): ReadonlyMap<string, Spot> {
  const charts = listed(place).map(({ id }) => load(place, id).items)
  const found = charts.map((items) => new Map(handles.flatMap((each) => (items.has(each) ? [[each, items.get(each) ?? { x: 0, y: 0 }] as const] : []))))
  const best = found.reduce<ReadonlyMap<string, Spot>>((one, other) => (other.size > one.size ? other : one), new Map())
  return best.size > 1 ? best : new Map()
}
