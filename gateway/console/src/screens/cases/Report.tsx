import { useEffect } from 'react'
import { Link, useParams } from 'react-router'
import { useRead } from '../../api/asked'
import type { Mandate } from '../../api/mandate'
import { sharedPicture, sharedPictures } from '../../generated/documents'
import { Loading } from '../../parts/Loading'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import { CaseMandate, useCaseMandate } from './CaseMandate'
import { MakeReport } from './MakeReport'

/** The report of a shared case. */
export default function Report() {
  const { t } = useTexts()
  const id = useParams()['picture'] ?? ''
  const { data, error, asking } = useRead(sharedPictures, {})
  const row = data?.sharedPictures.find((each) => each.id === id)
  const mandate = useCaseMandate(row?.case)
  useEffect(() => {
    document.title = `${t('cases.report.title')} · ${row?.title ?? ''} · Entente`
  }, [row, t])
  return (
    <>
      <div className="page-head no-print">
        <h1>
          {t('cases.report.title')}{t('shell.colon')} <Said>{row?.title ?? id}</Said>
        </h1>
        <Link to={`/cases/${encodeURIComponent(id)}`}>{t('cases.report.back')}</Link>
      </div>
      <MandateBar />
      <Failure error={error} />
      {asking && !data ? <Loading /> : null}
      {data && !row ? <Notice tone="warning">{t('shell.notFound')}</Notice> : null}
      {row ? <CaseMandate reference={row.case} /> : null}
      {row && mandate ? <OfCase key={mandate.id} id={id} mandate={mandate} /> : null}
    </>
  )
}

function OfCase({ id, mandate }: { id: string; mandate: Mandate }) {
  const { t } = useTexts()
  const read = useRead(sharedPicture, { id, mandate: mandate.id, only: [] })
  const view = read.data?.sharedPicture
  if (!view) return read.error ? <Failure error={read.error} /> : <Loading />
  return (
    <MakeReport
      picture={id}
      handles={view.records.map(({ handle }) => handle)}
      title={view.picture.title}
      texts={view.texts}
      mandate={mandate}
      empty={t('cases.report.empty')}
    />
  )
}
