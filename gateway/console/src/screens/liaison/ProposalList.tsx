import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { Link } from 'react-router'
import { useApproval } from '../../api/approval'
import { ask } from '../../api/ask'
import { useStep } from '../../api/asked'
import { usePerson } from '../../api/session'
import { apiLanguage } from '../../api/vocabulary'
import { approveGrant, proposeDraft, withdrawProposal } from '../../generated/documents'
import type { proposals } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { ReasonDialog } from './ReasonDialog'
import { Sentence } from './Sentence'

type Proposal = ResultOf<typeof proposals>['proposals'][number]

/** Drafts and proposals; what is approved is the digest of exactly the sentence that is shown. */
export function ProposalList({ proposals: waiting, again }: { proposals: readonly Proposal[]; again: () => void }) {
  const { t } = useTexts()
  const [told, tell] = useState('')
  return (
    <>
      <div role="status">{told ? <Notice tone="success">{told}</Notice> : null}</div>
      {waiting.length ? (
        <ul className="plain">
          {waiting.map((each) => (
            <ProposalCard
              key={each.id}
              proposal={each}
              onDone={(said) => {
                tell(said)
                again()
              }}
            />
          ))}
        </ul>
      ) : (
        <p className="empty">{t('liaison.proposal.none')}</p>
      )}
    </>
  )
}

function ProposalCard({ proposal, onDone }: { proposal: Proposal; onDone: (said: string) => void }) {
  const { t, code, language } = useTexts()
  const [ending, end] = useState(false)
  const [approved, approve] = useApproval()
  const [proposed, propose] = useStep(proposeDraft)
  const [withdrawn, withdraw] = useStep(withdrawProposal)
  const draft = proposal.state === 'DRAFT'
  const { subject } = usePerson()
  const ours = proposal.author === subject
  const approvedHere = proposal.grant.approvedBy.includes(subject)
  const api = apiLanguage(language)
  const missing = (officers: number) => (officers ? t('liaison.proposal.missing', { count: officers }) : t('liaison.proposal.inForce'))
  const approveSeen = async () => {
    const { id, digest } = proposal
    const done = await approve({ act: 'GRANT', about: id, digest: () => Promise.resolve(digest) }, (assertion) =>
      ask(approveGrant, { id, digest, assertion, language: api }),
    )
    if (done) onDone(missing(done.approveGrant.officersMissing))
  }
  const proposeNow = async () => {
    const done = await propose({ id: proposal.id, language: api })
    if (done) onDone(missing(done.proposeDraft.officersMissing))
  }
  const takeBack = async (reason: string) => {
    if (await withdraw({ id: proposal.id, reason, language: api })) onDone(t('liaison.proposal.withdrawn'))
  }
  return (
    <li className="card" data-proposal={proposal.id}>
      <p>
        {proposal.grant.recipients.map((each) => (
          <NodeBadge key={each} node={each} />
        ))}{' '}
        <strong>{code('grantState', proposal.state)}</strong>
        {draft ? null : ` · ${t('liaison.proposal.missing', { count: proposal.officersMissing })}`}
      </p>
      <Sentence>{proposal.grant.sentence}</Sentence>
      <small>
        {t('liaison.proposal.author')} {ours ? t('liaison.proposal.you') : <Said>{proposal.author}</Said>} · {t('liaison.proposal.lapses')} <Time at={proposal.lapsesAt} /> ·{' '}
        {t('liaison.proposal.digest')} <Said>{proposal.digest.slice(0, 23)}</Said>
      </small>
      <Failure error={approved.error ?? proposed.error} />
      {!draft && approvedHere ? <p>{t('liaison.proposal.own')}</p> : null}
      {draft && !ours ? <p>{t('liaison.proposal.others')}</p> : null}
      <p className="actions">
        {approvedHere || (draft && !ours) ? null : draft ? (
          <Button kind="primary" busy={proposed.asking} onClick={() => void proposeNow()}>
            {t('liaison.proposal.propose')}
          </Button>
        ) : (
          <Button kind="primary" busy={approved.asking} onClick={() => void approveSeen()}>
            {t('liaison.proposal.approve')}
          </Button>
        )}
        <Link className="button" to={`/preview?proposal=${encodeURIComponent(proposal.id)}`}>
          {t('liaison.new.preview')}
        </Link>
        <Button kind="danger" onClick={() => end(true)}>
          {t('liaison.proposal.withdraw')}
        </Button>
      </p>
      {ending ? (
        <ReasonDialog
          title={t('liaison.proposal.withdraw')}
          action={t('liaison.proposal.withdrawDo')}
          reasons={['MISTAKE', 'NO_LONGER_NEEDED', 'CASE_CLOSED']}
          busy={withdrawn.asking}
          error={withdrawn.error}
          onReason={(reason) => void takeBack(reason)}
          onClose={() => end(false)}
        />
      ) : null}
    </li>
  )
}
