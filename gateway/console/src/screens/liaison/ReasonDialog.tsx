import { useId, useState } from 'react'
import type { ReactNode } from 'react'
import type { Refused } from '../../api/ask'
import type { TextKey } from '../../generated/keys'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'

/** Codes of reasons with a text of their own here. */
const WORDS = {
  CASE_CLOSED: 'liaison.revoke.CASE_CLOSED',
  NO_LONGER_NEEDED: 'liaison.revoke.NO_LONGER_NEEDED',
  MISTAKE: 'liaison.revoke.MISTAKE',
  MISUSE: 'liaison.revoke.MISUSE',
  KEYS_STOLEN: 'liaison.revoke.KEYS_STOLEN',
} as const satisfies Record<string, TextKey>

export type EndReason = keyof typeof WORDS
export const REVOKE_REASONS: readonly EndReason[] = ['CASE_CLOSED', 'NO_LONGER_NEEDED', 'MISTAKE', 'MISUSE', 'KEYS_STOLEN']

interface Props {
  readonly title: string
  readonly action: string
  readonly reasons: readonly EndReason[]
  readonly busy: boolean
  readonly error: Refused | undefined
  readonly onReason: (reason: string) => void
  readonly onClose: () => void
  readonly children?: ReactNode
}

/** One of a few reasons, then the step itself; nothing happens before a reason is chosen. */
export function ReasonDialog({ title, action, reasons, busy, error, onReason, onClose, children }: Props) {
  const { t } = useTexts()
  const name = useId()
  const [reason, setReason] = useState<EndReason | null>(null)
  return (
    <Dialog open title={title} onClose={onClose}>
      {children}
      <fieldset>
        <legend>{t('liaison.revoke.reason')}</legend>
        {reasons.map((each) => (
          <div key={each} className="check">
            <input id={`${name}-${each}`} type="radio" name={name} checked={reason === each} onChange={() => setReason(each)} />
            <label htmlFor={`${name}-${each}`}>{t(WORDS[each])}</label>
          </div>
        ))}
      </fieldset>
      <Failure error={error} />
      <p className="actions">
        <Button kind="danger" busy={busy} disabled={reason === null} onClick={() => (reason ? onReason(reason) : undefined)}>
          {action}
        </Button>
        <Button onClick={onClose}>{t('shell.cancel')}</Button>
      </p>
    </Dialog>
  )
}
