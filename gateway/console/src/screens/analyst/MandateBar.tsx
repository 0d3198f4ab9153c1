import { useState } from 'react'
import { useMandate } from '../../api/mandate'
import { Button } from '../../parts/Button'
import { SelectField } from '../../parts/Field'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { OpenMandate } from './OpenMandate'
import { useMandateNames } from './useMandateNames'

/** Under which mandate the next question is asked; always in sight where one is asked. */
export function MandateBar() {
  const { t, code } = useTexts()
  const { mandates, mandate, choose } = useMandate()
  const names = useMandateNames(mandates)
  const [opening, setOpening] = useState(false)
  return (
    <section className="mandate-bar" aria-label={t('analyst.mandate.change')}>
      {mandate ? (
        <>
          <span>
            {t('analyst.mandate.current')} <strong>{code('purpose', mandate.purpose)}</strong>,{' '}
            <Said>{mandate.case}</Said>, {code('basis', mandate.legalBasis)}, {t('analyst.mandate.until')}{' '}
            <Time at={mandate.expiresAt} />
          </span>
          {mandates.length > 1 ? (
            <SelectField
              label={t('analyst.mandate.change')}
              quiet
              value={mandate.id}
              options={mandates.map(({ id }, place) => ({ value: id, label: names[place] ?? id }))}
              onChange={choose}
            />
          ) : null}
        </>
      ) : (
        <span>{t('analyst.mandate.none')}</span>
      )}
      <Button kind={mandate ? 'plain' : 'primary'} onClick={() => setOpening(true)}>
        {t('analyst.mandate.open')}
      </Button>
      {opening ? <OpenMandate onClose={() => setOpening(false)} /> : null}
    </section>
  )
}
