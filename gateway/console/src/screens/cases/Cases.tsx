import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { useRead } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { sharedPictures } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import { Oneself } from './Oneself'
import { OpenCase } from './OpenCase'
import { useCaseState } from './state'
import type { CaseRow } from './shared'
import './cases.css'

/** The shared cases that the analyst is a member of, newest first. */
export default function Cases() {
  const { t } = useTexts()
  const { mandate } = useMandate()
  const { data, error, asking } = useRead(sharedPictures, {})
  const [opening, setOpening] = useState(false)
  const state = useCaseState()
  useEffect(() => {
    document.title = `${t('cases.cases.title')} · Entente`
  }, [t])
  return (
    <>
      <h1>{t('cases.cases.title')}</h1>
      <p className="lead">{t('cases.cases.lead')}</p>
      <MandateBar />
      <p className="actions">
        <Button kind="primary" disabled={!mandate} onClick={() => setOpening(true)}>
          {t('cases.cases.open')}
        </Button>
      </p>
      <Failure error={error} />
      {asking && !data ? <Loading /> : null}
      {data ? (
        <Table
          caption={t('cases.cases.title')}
          rows={data.sharedPictures}
          id={({ id }) => id}
          empty={t('cases.cases.none')}
          columns={[
            {
              key: 'title',
              title: t('cases.cases.name'),
              text: ({ title }) => title,
              show: ({ id, title }) => (
                <Link to={`/cases/${encodeURIComponent(id)}`}>
                  <Said>{title || t('cases.cases.untitled')}</Said>
                </Link>
              ),
            },
            { key: 'case', title: t('analyst.column.case'), text: (each) => each.case, show: (each) => <Said>{each.case}</Said> },
            { key: 'members', title: t('cases.cases.members'), show: ({ members }) => <Nodes of={members} /> },
            { key: 'records', title: t('cases.cases.records'), text: ({ records }) => records, show: ({ records }) => records, numeric: true },
            { key: 'texts', title: t('cases.cases.texts'), text: ({ texts }) => texts, show: ({ texts }) => texts, numeric: true },
            { key: 'state', title: t('cases.cases.state'), text: ({ until }) => until, show: state },
          ]}
        />
      ) : null}
      <Oneself />
      {opening && mandate ? <OpenCase mandate={mandate} onClose={() => setOpening(false)} /> : null}
    </>
  )
}

function Nodes({ of }: { of: CaseRow['members'] }) {
  const counts = new Map<string, number>()
  for (const { node } of of) counts.set(node, (counts.get(node) ?? 0) + 1)
  return [...counts].map(([node, count]) => (
    <span key={node}>
      <NodeBadge node={node} /> {count}{' '}
    </span>
  ))
}
