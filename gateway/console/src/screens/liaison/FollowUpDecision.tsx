import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { useApproval } from '../../api/approval'
import { ask as send } from '../../api/ask'
import { useStep } from '../../api/asked'
import { dropDraft, useDraft } from '../../api/draft'
import { usePerson } from '../../api/session'
import { decideFollowUp } from '../../generated/documents'
import type { decideFollowUp as texts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { Approvals } from './Approvals'
import { FOLLOW_UP_REFUSALS } from './kinds'
import type { Item } from './kinds'
import { MatchedRecords } from './MatchedRecords'
import { PartDialog, partForm } from './PartDialog'
import type { Part } from './PartDialog'
import { RefuseDialog } from './RefuseDialog'
import { Risks } from './Risks'
import { risksOf } from './risk'
import { listed } from './terms'

const MOST_DAYS = 31

/** What an officer can decide on a request for more: all of it, a part, or no with a reason. */
export function FollowUpDecision({ item, again }: { item: Item; again: () => void }) {
  const { t } = useTexts()
  const approvedHere = item.approvedBy.includes(usePerson().subject)
  const [asking, ask] = useState<'part' | 'refuse' | null>(null)
  const form = `decision ${item.id}`
  const [days, setDays] = useDraft(form, 'days', '7')
  const [named, setNamed] = useDraft(form, 'named', '')
  const [seen, look] = useStep(decideFollowUp)
  const [decided, decide] = useApproval()
  const [told, tell] = useState<ResultOf<typeof texts>['decideFollowUp'] | null>(null)
  const records = seen.data?.decideFollowUp.records
  const unsaid = item.question.length === 0
  const whole = { decision: 'ANSWER' as const, days: Number(days), records: unsaid ? listed(named) : [] }
  const settle = async (ruling: Parameters<typeof look>[0]['ruling']) => {
    const of = { id: item.id, ruling }
    const digest = async () => (await send(decideFollowUp, { ...of, dryRun: true })).decideFollowUp.digest ?? ''
    const done = await decide({ act: 'FOLLOW_UP', about: item.id, digest }, (assertion) => send(decideFollowUp, { ...of, assertion }))
    if (!done) return
    tell(done.decideFollowUp)
    dropDraft(form)
    dropDraft(partForm(item))
    ask(null)
    again()
  }
  if (told)
    return (
      <>
        {told.state === 'OPEN' ? <Approvals item={item} /> : null}
        <Outcome state={told.state} />
      </>
    )
  return (
    <>
      <Approvals item={item} />
      <Risks risks={risksOf(item, records)} />
      {unsaid ? <TextField label={t('liaison.decide.named')} value={named} onChange={setNamed} lines={2} /> : null}
      {unsaid ? null : (
        <p className="actions">
          <Button busy={seen.asking} onClick={() => void look({ id: item.id, ruling: whole, dryRun: true })}>
            {t('liaison.decide.examine')}
          </Button>
          <small>{t('liaison.decide.examineHint')}</small>
        </p>
      )}
      <Failure error={seen.error} />
      {records ? <MatchedRecords records={records} /> : null}
      <TextField label={t('liaison.decide.days')} type="number" min={1} max={MOST_DAYS} value={days} onChange={setDays} />
      {asking ? null : <Failure error={decided.error} />}
      {approvedHere ? <p>{t('liaison.item.own')}</p> : null}
      <p className="actions">
        {approvedHere ? null : (
          <>
            <Button kind="primary" busy={decided.asking} onClick={() => void settle(whole)}>
              {t('liaison.decide.approve')}
            </Button>
            <Button onClick={() => ask('part')}>{t('liaison.decide.part')}</Button>
          </>
        )}
        <Button kind="danger" onClick={() => ask('refuse')}>
          {t('liaison.decide.refuse')}
        </Button>
      </p>
      {asking === 'part' ? (
        <PartDialog
          item={item}
          records={records ?? []}
          busy={decided.asking}
          error={decided.error}
          onGive={(part: Part) => void settle({ ...whole, ...part, decision: 'PARTIAL' })}
          onClose={() => ask(null)}
        />
      ) : null}
      {asking === 'refuse' ? (
        <RefuseDialog
          reasons={FOLLOW_UP_REFUSALS}
          busy={decided.asking}
          error={decided.error}
          onRefuse={(reason) => void settle({ decision: 'REFUSE', reason })}
          onClose={() => ask(null)}
        />
      ) : null}
    </>
  )
}

function Outcome({ state }: { state: string }) {
  const { t } = useTexts()
  if (state === 'OPEN') return <Notice tone="warning">{t('liaison.decide.waits')}</Notice>
  return <Notice tone="success">{state === 'REFUSED' ? t('liaison.decide.refused') : t('liaison.decide.done')}</Notice>
}
