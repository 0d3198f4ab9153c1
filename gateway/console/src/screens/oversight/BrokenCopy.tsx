import { useEffect, useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { breakCopy, damagedCopy, putBack } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { Proof, LOOK_AGAIN } from './Proof'

interface Props {
  /** How many entries the log has. */
  readonly size: number
  readonly why: string
}

/** In a demonstration: one byte of a copy of the log is changed, and the verification finds the entry. */
export function BrokenCopy({ size, why }: Props) {
  const { t } = useTexts()
  const { data, error, again } = useRead(damagedCopy, {})
  const [chosen, setChosen] = useState('')
  const [broken, breakIt] = useStep(breakCopy)
  const [back, drop] = useStep(putBack)
  const copy = data?.damagedCopy
  const running = copy?.verification.stage === 'RUNNING'
  const index = chosen || String(Math.floor(size / 2))
  useEffect(() => {
    if (!running) return undefined
    const timer = setInterval(again, LOOK_AGAIN)
    return () => clearInterval(timer)
  }, [running, again])
  return (
    <section className={copy?.verification.stage === 'DOES_NOT_HOLD' ? 'panel verdict-bad' : 'panel'} aria-labelledby="broken-copy">
      <h2 id="broken-copy">{t(copy ? 'oversight.broken.copy' : 'oversight.broken.title')}</h2>
      {copy ? (
        <>
          <p className="prose">{t('oversight.broken.changed', { index: copy.index, was: copy.was, reads: copy.reads })}</p>
          <Proof now={copy.verification} />
          <p className="actions">
            <Button kind="primary" busy={back.asking} onClick={() => void drop({}).then(again)}>
              {t('oversight.broken.back')}
            </Button>
          </p>
        </>
      ) : (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault()
            void breakIt({ justification: why, index: Number(index) }).then(again)
          }}
        >
          <p className="prose">{t('oversight.broken.text')}</p>
          <TextField label={t('oversight.broken.index')} type="number" value={index} onChange={setChosen} min={0} max={size - 1} />
          <p className="actions">
            <Button type="submit" disabled={!why} busy={broken.asking}>
              {t('oversight.broken.now')}
            </Button>
            {why ? null : <small>{t('oversight.why.needed')}</small>}
          </p>
        </form>
      )}
      <Failure error={error ?? broken.error ?? back.error} />
    </section>
  )
}
