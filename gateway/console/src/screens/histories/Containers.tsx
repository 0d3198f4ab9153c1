import { useId, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { containerHistory } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { MandateBar } from '../analyst/MandateBar'
import { ToMoney } from '../money/links'
import { ContainerTold, FASTEST } from './ContainerHistory'
import './histories.css'

/** A container by its code: the same history that its record leads to. */
export default function Containers() {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const [address, setAddress] = useSearchParams()
  const [code, setCode] = useState(address.get('code') ?? '')
  const [found, look] = useStep(containerHistory)
  const id = useId()
  const told = found.data?.containerHistory
  useTitle(t('containers.title'))
  return (
    <>
      <div className="page-head">
        <h1>{t('containers.title')}</h1>
      </div>
      <p className="prose">{t('containers.lead')}</p>
      <MandateBar />
      <form
        className="panel"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          if (!mandate || !code.trim()) return
          setAddress({ code: code.trim() }, { replace: true })
          void look({ code: code.trim(), mandate: mandate.id, language, maxSpeed: FASTEST })
        }}
      >
        <div className="form row">
          <TextField label={t('containers.code')} type="search" value={code} onChange={setCode} required maxLength={40} />
          <Button kind="primary" type="submit" busy={found.asking} disabled={!mandate}>
            {t('containers.ask')}
          </Button>
        </div>
        <small>{t('containers.asks')}</small>
      </form>
      <Failure error={found.error} />
      {told ? (
        <section className="told" aria-labelledby={id}>
          <h2 id={id}>{t('containers.seen', { code: told.code })}</h2>
          <ContainerTold told={told} />
          <p className="actions">
            <ToChart handles={told.claims.map(({ handle }) => handle)} />
            <ToMoney tab="joined" from={told.code} />
          </p>
        </section>
      ) : null}
    </>
  )
}
