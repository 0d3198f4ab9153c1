import { useState } from 'react'
import { useMandate } from '../../api/mandate'
import type { Mandate } from '../../api/mandate'
import { Button } from '../../parts/Button'
import { Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { OpenMandate } from '../analyst/OpenMandate'
import { useMandateNames } from '../analyst/useMandateNames'

/** The chosen mandate, if it is for this case: whoever works on a case does so under a mandate for it. */
export function useCaseMandate(reference: string | undefined): Mandate | null {
  const { mandate } = useMandate()
  return mandate && mandate.case === reference ? mandate : null
}

/** Says that another mandate is needed, and offers the one there is or to open one; nothing when all is well. */
export function CaseMandate({ reference }: { reference: string }) {
  const { t } = useTexts()
  const { mandate, mandates, choose } = useMandate()
  const [opening, setOpening] = useState(false)
  const own = mandates.filter((each) => each.case === reference)
  const names = useMandateNames(own)
  if (mandate?.case === reference) return null
  return (
    <Notice tone="warning">
      <p>{t(mandate ? 'cases.mandate.other' : 'cases.mandate.missing', { case: reference })}</p>
      <p className="actions">
        {own.map(({ id }, place) => (
          <Button key={id} kind={place ? 'plain' : 'primary'} onClick={() => choose(id)}>
            {t('cases.mandate.use', { case: own.length > 1 ? (names[place] ?? reference) : reference })}
          </Button>
        ))}
        {own.length ? null : (
          <Button kind="primary" onClick={() => setOpening(true)}>
            {t('analyst.mandate.open')}
          </Button>
        )}
      </p>
      {opening ? <OpenMandate reference={reference} onClose={() => setOpening(false)} /> : null}
    </Notice>
  )
}
