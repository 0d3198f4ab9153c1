import { useEffect, useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import type { Mandate } from '../../api/mandate'
import { sharedPicture, sharedPictures } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { Marks } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { pastOfPicture } from '../../parts/past'
import { Said } from '../../parts/Said'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import { CaseAround } from './around'
import type { Added } from './around'
import { CaseHistory } from './CaseHistory'
import { CaseMandate, useCaseMandate } from './CaseMandate'
import { CaseMembers } from './CaseMembers'
import { CaseRecords } from './CaseRecords'
import { CaseSame } from './CaseSame'
import { CaseTexts } from './CaseTexts'
import { Marked } from './Marked'
import { useCaseState } from './state'
import type { Case, PlacedRecord } from './shared'
import { useReason } from './words'
import './cases.css'

/** One shared case. Reading it asks the own node alone; the records' nodes are asked by a step of their own. */
export default function CasePage() {
  const { t } = useTexts()
  const id = useParams()['picture'] ?? ''
  const { data, error, asking, again } = useRead(sharedPictures, {})
  const row = data?.sharedPictures.find((each) => each.id === id)
  const mandate = useCaseMandate(row?.case)
  const state = useCaseState()
  useEffect(() => {
    document.title = `${row?.title ?? t('cases.cases.title')} · Entente`
  }, [row, t])
  return (
    <>
      <div className="page-head">
        <h1>
          <Said>{row?.title ?? id}</Said>
        </h1>
        {row ? (
          <span>
            {t('analyst.column.case')} <Said>{row.case}</Said>, {state(row)}
          </span>
        ) : null}
      </div>
      <MandateBar />
      <Failure error={error} />
      {asking && !data ? <Loading /> : null}
      {data && !row ? <Notice tone="warning">{t('shell.notFound')}</Notice> : null}
      {row ? <CaseMandate reference={row.case} /> : null}
      {row && mandate ? <CaseView key={mandate.id} id={id} mandate={mandate} onChanged={again} /> : null}
    </>
  )
}

function CaseView({ id, mandate, onChanged }: { id: string; mandate: Mandate; onChanged: () => void }) {
  const { t, language } = useTexts()
  const reason = useReason()
  const [address] = useSearchParams()
  const go = useNavigate()
  const asOf = address.get('asOf') ?? ''
  const read = useRead(sharedPicture, { id, mandate: mandate.id, asOf, only: [] })
  const [looked, look] = useStep(sharedPicture)
  const [told, tell] = useState<readonly Added[] | null>(null)
  const view = read.data?.sharedPicture
  if (!view) return read.error ? <Failure error={read.error} /> : <Loading />
  const seen = new Map((looked.data?.sharedPicture.records ?? []).map((each) => [each.handle, each]))
  const records: PlacedRecord[] = view.records.map((each) =>
    each.sight === 'NOT_ASKED' ? (seen.get(each.handle) ?? each) : each,
  )
  const added = (made: readonly Added[]) => {
    tell(made)
    read.again()
    onChanged()
  }
  const withheld = told?.flatMap(({ notTold }) => notTold) ?? []
  return (
    <CaseAround value={{ id, mandate, view, records, writable: view.picture.open && !view.asOf, added }}>
      <div className="actions">
        <Button kind="primary" busy={looked.asking} onClick={() => void look({ id, mandate: mandate.id, asOf })}>
          {t('cases.case.ask')}
        </Button>
        <Link className="button" to={`/report/${encodeURIComponent(id)}`}>
          {t('cases.case.report')}
        </Link>
        <Link className="button" to={pastOfPicture(id)}>
          {t('chronicle.menu')}
        </Link>
        <span role="status">{t(looked.data ? 'cases.case.asked' : 'cases.case.read')}</span>
      </div>
      <p>
        {t('cases.case.mark')}{t('shell.colon')} <WholeMark view={looked.data?.sharedPicture ?? view} records={records} />
      </p>
      <Failure error={read.error ?? looked.error} />
      {told ? (
        <Notice tone={withheld.length ? 'warning' : 'success'}>
          {withheld.length
            ? withheld.map(({ to, reason: code }) => (
                <p key={`${to} ${code}`}>{t('cases.case.notTold', { to, reason: reason(code) })}</p>
              ))
            : t('cases.case.added')}
        </Notice>
      ) : null}
      {view.asOf ? (
        <Notice>
          {t('cases.history.showing', { at: moment(view.asOf, language) })}{' '}
          <Button onClick={() => void go(`/cases/${encodeURIComponent(id)}`)}>{t('cases.history.now')}</Button>
        </Notice>
      ) : null}
      {view.missing.length ? (
        <Notice tone="warning">
          {t('cases.case.missing', { count: view.missing.length })} {[...new Set(view.missing.map((each) => reason(each.reason)))].join('; ')}
        </Notice>
      ) : null}
      {view.waiting ? <Notice>{t('cases.case.waiting', { count: view.waiting })}</Notice> : null}
      <CaseRecords />
      <CaseTexts />
      <CaseSame />
      <CaseHistory />
      <CaseMembers />
    </CaseAround>
  )
}

/** The mark of all in it; of records that were not seen now no more is known than the codes noted here. */
function WholeMark({ view, records }: { view: Case; records: readonly PlacedRecord[] }) {
  const { t } = useTexts()
  if (records.every(({ sight }) => sight === 'SHOWN')) return <Marked mark={view.mark} />
  const codes = new Set([...view.mark.handling, ...records.flatMap(({ handling }) => handling)])
  return (
    <>
      <Marks handling={[...codes].sort()} /> <small>{t('cases.case.markPartly')}</small>
    </>
  )
}
