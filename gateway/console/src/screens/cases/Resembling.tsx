import { useEffect, useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import type { ResultOf } from 'gql.tada'
import { useRead, useStep } from '../../api/asked'
import { useLive } from '../../api/live'
import { useMandate } from '../../api/mandate'
import { partners, placeInPicture, resembling, saySameInPicture, sharedPictures } from '../../generated/documents'
import type { resembling as resemblingText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { SelectField } from '../../parts/Field'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { MandateBar } from '../analyst/MandateBar'
import { Progress } from './ResemblingProgress'
import './cases.css'

type Proposal = ResultOf<typeof resemblingText>['resembling']['proposals'][number]

/** What other nodes know that may be this record: feature by feature, never merged. */
export default function Resembling() {
  const { t, language } = useTexts()
  const handle = useParams()['handle'] ?? ''
  const [address] = useSearchParams()
  const { mandate } = useMandate()
  const [found, look, stop] = useLive(resembling)
  const nodes = useRead(partners, {}).data?.partners.map(({ id }) => id) ?? []
  const known = useRead(sharedPictures, {})
  const cases = known.data?.sharedPictures.filter((each) => each.open && each.case === mandate?.case) ?? []
  const [wanted, want] = useState(address.get('case') ?? '')
  const into = cases.find(({ id }) => id === wanted)?.id ?? cases[0]?.id ?? ''
  const told = found.whole?.resembling
  const heard = told ?? found.parts.at(-1)?.resembling
  useEffect(() => {
    document.title = `${t('cases.resembling.title')} · Entente`
  }, [t])
  return (
    <>
      <div className="page-head">
        <h1>{t('cases.resembling.title')}</h1>
        <NodeBadge node={handle.split('/')[0] ?? ''} />
        <Said>{handle}</Said>
        <Link to={`/record/${encodeURIComponent(handle)}`}>{t('cases.resembling.back')}</Link>
      </div>
      <MandateBar />
      <p>{t('cases.resembling.text')}</p>
      <p className="actions">
        <Button
          kind="primary"
          busy={found.asking}
          disabled={!mandate}
          onClick={() => {
            if (mandate) void look({ handle, mandate: mandate.id, language })
          }}
        >
          {t('cases.resembling.ask')}
        </Button>
        {found.asking ? <Button onClick={stop}>{t('cases.resembling.stop')}</Button> : null}
      </p>
      <Failure error={found.error} />
      {heard ? <Progress found={heard} nodes={nodes} owner={handle.split('/')[0] ?? ''} asking={found.asking} /> : null}
      <p role="status">{heard && found.asking && heard.comparing !== null ? t('cases.resembling.comparing', { count: heard.comparing }) : null}</p>
      {heard && !told && !found.asking && !found.error ? <Notice tone="warning">{t('cases.resembling.stopped')}</Notice> : null}
      {told && mandate && !cases.length ? <Notice>{t('cases.resembling.noCase', { case: mandate.case })}</Notice> : null}
      {told && cases.length > 1 ? (
        <SelectField
          label={t('cases.resembling.into')}
          value={into}
          options={cases.map((each) => ({ value: each.id, label: `${each.title || each.id} (${each.case})` }))}
          onChange={want}
        />
      ) : null}
      {told?.proposals.length === 0 ? <p className="empty">{t('cases.resembling.none')}</p> : null}
      <ul className="plain stack">
        {told?.proposals.map((each) => (
          <ProposalCard key={each.right} proposal={each} into={into} mandate={mandate?.id ?? ''} />
        ))}
      </ul>
    </>
  )
}

function ProposalCard({ proposal, into, mandate }: { proposal: Proposal; into: string; mandate: string }) {
  const { t, code, language } = useTexts()
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 3 })
  return (
    <li className="card" data-proposal={proposal.right}>
      <div className="page-head">
        <NodeBadge node={proposal.right.split('/')[0] ?? ''} />
        <h2>
          <Link to={`/record/${encodeURIComponent(proposal.right)}`}>
            <Said>{proposal.right}</Said>
          </Link>
        </h2>
        <span className="badge">{code('band', proposal.band)}</span>
        <span>
          {number.format(proposal.score)} {proposal.calibrated ? '' : `(${t('cases.same.uncalibrated')})`}
        </span>
      </div>
      <p>
        <Said>{proposal.meaning}</Said>
      </p>
      <Table
        caption={t('cases.same.evidence')}
        rows={proposal.evidence}
        id={({ feature }) => feature}
        columns={[
          { key: 'feature', title: t('cases.resembling.feature'), show: ({ feature }) => code('feature', feature) },
          { key: 'words', title: t('cases.same.evidence'), show: ({ words }) => words },
          { key: 'left', title: t('cases.resembling.here'), show: ({ left }) => <Said>{left}</Said> },
          { key: 'right', title: t('cases.resembling.there'), show: ({ right }) => <Said>{right}</Said> },
          { key: 'weight', title: t('cases.resembling.weight'), numeric: true, show: ({ weight }) => number.format(weight) },
        ]}
      />
      {proposal.disproof.length ? (
        <>
          <h3>{t('cases.resembling.disproof')}</h3>
          <ul>
            {proposal.disproof.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </>
      ) : null}
      {into ? <SayIt proposal={proposal} into={into} mandate={mandate} /> : null}
    </li>
  )
}

/** Places both records in the shared case and says that they are the same, or not. */
function SayIt({ proposal, into, mandate }: { proposal: Proposal; into: string; mandate: string }) {
  const { t } = useTexts()
  const [placed, place] = useStep(placeInPicture)
  const [said, say] = useStep(saySameInPicture)
  const { left, right, score, band, calibrated, evidence } = proposal
  const submit = async (act: 'SAME' | 'NOT_SAME') => {
    if (!(await place({ id: into, mandate, handles: [left, right] }))) return
    const codes = evidence.map((each) => `${each.feature}_${each.level}`)
    await say({ id: into, mandate, same: { act, left, right, score, band, calibrated, evidence: codes } })
  }
  const busy = placed.asking || said.asking
  return (
    <>
      <Failure error={placed.error ?? said.error} />
      {said.data ? (
        <Notice tone="success">
          <Link to={`/cases/${encodeURIComponent(into)}`}>{t('cases.resembling.said')}</Link>
        </Notice>
      ) : (
        <p className="actions">
          <Button kind="primary" busy={busy} onClick={() => void submit('SAME')}>
            {t('cases.resembling.same')}
          </Button>
          <Button busy={busy} onClick={() => void submit('NOT_SAME')}>
            {t('cases.resembling.notSame')}
          </Button>
        </p>
      )}
    </>
  )
}
