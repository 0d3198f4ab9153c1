import { useState } from 'react'
import type { ResultOf } from 'gql.tada'
import { useStep } from '../../api/asked'
import { requestConsent } from '../../generated/documents'
import type { exportPicture } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { SelectField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import type { DataUse } from './marks'

export type Missing = ResultOf<typeof exportPicture>['exportPicture']['missing'][number]

/** What only the owner's consent opens. */
const OPENED_BY_CONSENT = new Set(['THIRD_PARTY_CONSENT', 'JUDICIAL_AUTHORISATION_NEEDED'])
const REASONS = ['CASE_WORK', 'OPERATION_PLANNED', 'JUDICIAL_REQUEST'] as const

interface Props {
  readonly missing: readonly Missing[]
  readonly use: DataUse
  readonly to: readonly string[]
  readonly mandate: string
}

/** One button opens the request for the consents that are missing; nothing where none would help. */
export function AskConsent({ missing, use, to, mandate }: Props) {
  const { t, code } = useTexts()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState<(typeof REASONS)[number]>(use === 'JUDICIAL' ? 'JUDICIAL_REQUEST' : 'CASE_WORK')
  const [sent, send] = useStep(requestConsent)
  const handles = missing.filter((each) => OPENED_BY_CONSENT.has(each.reason)).map(({ handle }) => handle)
  if (!handles.length) return null
  return (
    <p className="actions no-print">
      <Button onClick={() => setOpen(true)}>{t('cases.report.consent')}</Button>
      {open ? (
        <Dialog open title={t('cases.report.consent')} onClose={() => setOpen(false)}>
          {sent.data ? (
            <Notice tone="success">{t('cases.report.consentSent', { count: sent.data.requestConsent.length })}</Notice>
          ) : (
            <form
              className="form"
              onSubmit={(event) => {
                event.preventDefault()
                void send({ wanted: { handles, use, mandate, reason, to: [...to] } })
              }}
            >
              <p>
                {code('use', use)}{t('shell.colon')} {handles.join(', ')}
              </p>
              <SelectField
                label={t('analyst.request.reason')}
                value={reason}
                options={REASONS.map((each) => ({ value: each, label: code('reason', each) }))}
                onChange={setReason}
              />
              <Failure error={sent.error} />
              <p className="actions">
                <Button kind="primary" type="submit" busy={sent.asking}>
                  {t('analyst.request.send')}
                </Button>
                <Button onClick={() => setOpen(false)}>{t('shell.cancel')}</Button>
              </p>
            </form>
          )}
        </Dialog>
      ) : null}
    </p>
  )
}
