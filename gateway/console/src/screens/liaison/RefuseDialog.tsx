import type { Refused } from '../../api/ask'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'

interface Props {
  readonly reasons: readonly string[]
  readonly busy: boolean
  readonly error: Refused | undefined
  readonly onRefuse: (reason: string) => void
  readonly onClose: () => void
}

/** Each reason is a button: to choose one is to refuse. */
export function RefuseDialog({ reasons, busy, error, onRefuse, onClose }: Props) {
  const { t } = useTexts()
  return (
    <Dialog open title={t('liaison.decide.refuseTitle')} onClose={onClose}>
      <p>{t('liaison.decide.refuseHint')}</p>
      <Failure error={error} />
      <ul className="choices">
        {reasons.map((each) => (
          <li key={each}>
            <Button kind="danger" busy={busy} onClick={() => onRefuse(each)}>
              {t(`reason.${each}` as 'reason.NO_GRANT')} <small>{each}</small>
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
