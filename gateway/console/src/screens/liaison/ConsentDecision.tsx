import { useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { usePerson } from '../../api/session'
import { consentRequests, giveConsent, refuseConsent } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { CheckField, TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { visibleText } from '../../parts/visible'
import { useTexts } from '../../shell/texts'
import { CONSENT_REFUSALS } from './kinds'
import type { Item } from './kinds'
import { RefuseDialog } from './RefuseDialog'

/** What an officer can decide on a request for consent; nobody can give more than was asked for. */
export function ConsentDecision({ item, again }: { item: Item; again: () => void }) {
  const { t, code } = useTexts()
  const approvedHere = item.approvedBy.includes(usePerson().subject)
  const [asking, ask] = useState<'part' | 'refuse' | null>(null)
  const told = useRead(consentRequests, {})
  const [given, give] = useStep(giveConsent)
  const [refused, refuse] = useStep(refuseConsent)
  const request = told.data?.consentRequests.find(({ id }) => id === item.id)
  const settle = async (less: { days?: number; records?: string[] }) => {
    if (!(await give({ request: item.id, ...less }))) return
    ask(null)
    again()
  }
  if (refused.data) return <Notice tone="success">{t('liaison.decide.refused')}</Notice>
  if (given.data)
    return given.data.giveConsent.state === 'OPEN' ? (
      <Notice tone="warning">{t('liaison.decide.waits')}</Notice>
    ) : (
      <Notice tone="success">{t('liaison.consent.gave')}</Notice>
    )
  return (
    <>
      <Failure error={told.error} />
      {request ? (
        <dl className="facts">
          <div className="fact">
            <dt>{t('liaison.consent.use')}</dt>
            <dd>{code('use', request.use)}</dd>
          </div>
          <div className="fact">
            <dt>{t('liaison.consent.to')}</dt>
            <dd>
              <Said>{request.to.join(', ') || item.node}</Said>
            </dd>
          </div>
          <div className="fact">
            <dt>{t('liaison.consent.records', { count: request.recordCount })}</dt>
            <dd>
              <Said>{request.records.join(', ')}</Said>
            </dd>
          </div>
        </dl>
      ) : null}
      {asking ? null : <Failure error={given.error} />}
      {approvedHere ? <p>{t('liaison.item.own')}</p> : null}
      <p className="actions">
        {approvedHere ? null : (
          <>
            <Button kind="primary" busy={given.asking} onClick={() => void settle({})}>
              {t('liaison.consent.give')}
            </Button>
            <Button onClick={() => ask('part')}>{t('liaison.decide.part')}</Button>
          </>
        )}
        <Button kind="danger" onClick={() => ask('refuse')}>
          {t('liaison.decide.refuse')}
        </Button>
      </p>
      {asking === 'part' && request ? (
        <LessConsent records={request.records} busy={given.asking} onGive={(less) => void settle(less)} onClose={() => ask(null)}>
          <Failure error={given.error} />
        </LessConsent>
      ) : null}
      {asking === 'refuse' ? (
        <RefuseDialog
          reasons={CONSENT_REFUSALS}
          busy={refused.asking}
          error={refused.error}
          onRefuse={(reason) => void refuse({ request: item.id, reason }).then((done) => done && again())}
          onClose={() => ask(null)}
        />
      ) : null}
    </>
  )
}

interface Less {
  readonly records: readonly string[]
  readonly busy: boolean
  readonly onGive: (less: { days?: number; records?: string[] }) => void
  readonly onClose: () => void
  readonly children: React.ReactNode
}

function LessConsent({ records, busy, onGive, onClose, children }: Less) {
  const { t } = useTexts()
  const [left, leave] = useState<readonly string[]>([])
  const [days, setDays] = useState('')
  const kept = records.filter((each) => !left.includes(each))
  return (
    <Dialog open title={t('liaison.decide.partTitle')} onClose={onClose}>
      <TextField label={t('liaison.decide.days')} type="number" min={1} value={days} onChange={setDays} />
      <fieldset>
        <legend>{t('liaison.exchange.records')}</legend>
        {records.map((each) => (
          <CheckField
            key={each}
            label={visibleText(each)}
            checked={!left.includes(each)}
            onChange={(on) => leave(on ? left.filter((one) => one !== each) : [...left, each])}
          />
        ))}
      </fieldset>
      {children}
      <p className="actions">
        <Button
          kind="primary"
          busy={busy}
          onClick={() => onGive({ ...(days ? { days: Number(days) } : {}), ...(left.length ? { records: kept } : {}) })}
        >
          {t('liaison.decide.partDo')}
        </Button>
        <Button onClick={onClose}>{t('shell.cancel')}</Button>
      </p>
    </Dialog>
  )
}
