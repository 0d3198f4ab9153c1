import { useMemo } from 'react'
import { Link, useParams } from 'react-router'
import { useMandate } from '../../api/mandate'
import { usePerson } from '../../api/session'
import { Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { MandateBar } from '../analyst/MandateBar'
import { MakeReport } from '../cases/MakeReport'
import { load, placeOf } from './kept'
import type { Chart } from './model'

/** The report of a chart: its records, those with most links first, and the links between them. */
export default function ChartReport() {
  const { t } = useTexts()
  const person = usePerson()
  const { mandate, loading } = useMandate()
  const id = useParams()['id'] ?? ''
  const handles = useMemo(() => reported(load(placeOf(person), id)), [person, id])
  useTitle(t('chart.report.title'))
  return (
    <>
      <div className="page-head no-print">
        <h1>{t('chart.report.title')}</h1>
        <Link to={`/chart/${encodeURIComponent(id)}`}>{t('chart.report.back')}</Link>
      </div>
      <MandateBar />
      {mandate || loading ? null : <Notice tone="warning">{t('analyst.mandate.none')}</Notice>}
      {mandate ? (
        <MakeReport key={mandate.id} handles={handles} title={t('chart.report.title')} texts={[]} mandate={mandate} empty={t('chart.report.empty')} />
      ) : null}
    </>
  )
}

/** What stands on a chart, that with most links first; then the records that are its links. */
function reported({ items, links }: Chart): readonly string[] {
  const many = new Map([...items.keys()].map((each) => [each, 0]))
  for (const { source, target } of links.values()) for (const end of [source, target]) many.set(end, (many.get(end) ?? 0) + 1)
  const ranked = [...many].sort(([, one], [, other]) => other - one).map(([handle]) => handle)
  return [...new Set([...ranked, ...[...links.values()].flatMap(({ handles }) => handles)])]
}
