import { useStep } from '../../api/asked'
import { dropDraft, useDraft } from '../../api/draft'
import { reviewBreakGlass } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import type { Item } from './kinds'

/** Whether a question over a threat to life was one; never decided by who asked it. */
export function EmergencyReview({ item, again }: { item: Item; again: () => void }) {
  const { t } = useTexts()
  const form = `emergency ${item.id}`
  const [reason, setReason] = useDraft(form, 'reason', '')
  const [reviewed, review] = useStep(reviewBreakGlass)
  if (reviewed.data) return <Notice tone="success">{t('liaison.emergency.done')}</Notice>
  const say = async (outcome: 'JUSTIFIED' | 'NOT_JUSTIFIED') => {
    if (!(await review({ id: item.id, outcome, reason: reason.trim() }))) return
    dropDraft(form)
    again()
  }
  return (
    <>
      <p>{t('liaison.emergency.text')}</p>
      <TextField label={t('liaison.emergency.reason')} value={reason} onChange={setReason} lines={3} required />
      <Failure error={reviewed.error} />
      <p className="actions">
        <Button kind="primary" busy={reviewed.asking} onClick={() => void say('JUSTIFIED')}>
          {t('liaison.emergency.justified')}
        </Button>
        <Button kind="danger" busy={reviewed.asking} onClick={() => void say('NOT_JUSTIFIED')}>
          {t('liaison.emergency.not')}
        </Button>
      </p>
    </>
  )
}
