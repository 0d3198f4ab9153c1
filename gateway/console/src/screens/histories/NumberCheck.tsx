import { useState } from 'react'
import { useStep } from '../../api/asked'
import { vesselNumber } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useReadable } from '../../parts/useReadable'
import { useTexts } from '../../shell/texts'

/** Whether a number holds, what it says, and whether a flag and a call sign fit; no node is asked. */
export function NumberCheck() {
  const { t, language } = useTexts()
  const readable = useReadable()
  const [number, setNumber] = useState('')
  const [flag, setFlag] = useState('')
  const [callSign, setCallSign] = useState('')
  const [signed, sign] = useState(false)
  const [found, check] = useStep(vesselNumber)
  const told = found.data?.vesselNumber
  const holds = (told: boolean) => t(told ? 'vessels.yes' : 'vessels.no')
  return (
    <details className="panel">
      <summary>{t('vessels.check.title')}</summary>
      <form
        className="form row"
        onSubmit={(event) => {
          event.preventDefault()
          sign(callSign.trim() !== '')
          void check({ number: number.trim(), flag: flag.trim() || null, callSign: callSign.trim() || null, language })
        }}
      >
        <TextField label={t('vessels.check.number')} value={number} onChange={setNumber} required maxLength={40} />
        <TextField label={t('vessels.check.flag')} value={flag} onChange={setFlag} maxLength={2} />
        <TextField label={t('vessels.callSign')} value={callSign} onChange={setCallSign} maxLength={16} />
        <Button type="submit" busy={found.asking}>
          {t('vessels.check.go')}
        </Button>
      </form>
      <Failure error={found.error} />
      <p role="status" className="unseen">
        {told ? t(told.checks ? 'vessels.check.holds' : 'vessels.check.fails') : ''}
      </p>
      {told ? (
        <dl className="facts" data-checks={told.checks}>
          <dt>
            <Said>{told.kind ? `${told.kind.toUpperCase()} ${told.number}` : told.number}</Said>
          </dt>
          <dd>
            {t(told.checks ? 'vessels.check.holds' : 'vessels.check.fails')}
            {told.checkDigit ? ` ${t('vessels.check.digit', { digit: told.checkDigit })}` : ''}
          </dd>
          {told.stationSays ? (
            <>
              <dt>{t('vessels.check.station')}</dt>
              <dd>{told.stationSays}</dd>
              <dt>{t('vessels.check.countries')}</dt>
              <dd>
                <Said>{told.countries.map((each) => readable('country', each)).join(', ') || null}</Said>
              </dd>
            </>
          ) : null}
          {told.flagFits === null ? null : (
            <>
              <dt>{t('vessels.check.fits')}</dt>
              <dd>{holds(told.flagFits)}</dd>
            </>
          )}
          {signed ? (
            <>
              <dt>{t('vessels.check.sign')}</dt>
              <dd>{holds(told.callSign !== null)}</dd>
              <dt>{t('vessels.check.series')}</dt>
              <dd>
                <Said>{told.callSignCountries.map((each) => readable('country', each)).join(', ') || null}</Said>
              </dd>
            </>
          ) : null}
          {told.callSignFits === null ? null : (
            <>
              <dt>{t('vessels.check.signFits')}</dt>
              <dd>{holds(told.callSignFits)}</dd>
            </>
          )}
        </dl>
      ) : null}
    </details>
  )
}
