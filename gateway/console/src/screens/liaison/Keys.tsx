import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import type { Refused } from '../../api/ask'
import { refusal, useRead, useStep } from '../../api/asked'
import { approvalKeys, removeApprovalKey } from '../../generated/documents'
import type { approvalKeys as texts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { TextField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

type State = ResultOf<typeof texts>['approvalKeys']
type Key = State['keys'][number]

/** The officer's own keys, with which approvals are signed. */
export default function Keys() {
  const { t } = useTexts()
  useTitle(t('liaison.keys.title'))
  const read = useRead(approvalKeys, {})
  const [changed, change] = useState<State | null>(null)
  const state = changed ?? read.data?.approvalKeys
  return (
    <>
      <h1>{t('liaison.keys.title')}</h1>
      <p>{t('liaison.keys.text')}</p>
      <Failure error={read.error} />
      {read.asking && !state ? <Loading /> : null}
      {state ? <Known state={state} onChange={change} /> : null}
    </>
  )
}

function Known({ state, onChange }: { state: State; onChange: (state: State) => void }) {
  const { t } = useTexts()
  const [told, tell] = useState('')
  const done = (said: string) => (next: State) => {
    tell(said)
    onChange(next)
  }
  return (
    <>
      <Notice tone={state.rule === 'REQUIRED' && !state.keys.length ? 'warning' : 'info'}>
        {t(`liaison.keys.rule.${state.rule as 'REQUIRED' | 'OFFERED' | 'OFF'}`)}
      </Notice>
      <div role="status">{told ? <Notice tone="success">{told}</Notice> : null}</div>
      <ul className="plain">
        {state.keys.map((each) => (
          <OneKey key={each.id} own={each} last={state.keys.length === 1} onRemoved={done(t('liaison.keys.removed'))} />
        ))}
      </ul>
      {state.rule === 'OFF' ? null : state.open || state.keys.length ? (
        <Add further={state.keys.length > 0} onAdded={done(t('liaison.keys.added'))} />
      ) : (
        <Notice tone="warning">{t('liaison.keys.closed')}</Notice>
      )}
    </>
  )
}

function OneKey({ own, last, onRemoved }: { own: Key; last: boolean; onRemoved: (state: State) => void }) {
  const { t } = useTexts()
  const [ending, end] = useState(false)
  const [removed, remove] = useStep(removeApprovalKey)
  const removeNow = async () => {
    const done = await remove({ id: own.id })
    if (!done) return
    end(false)
    onRemoved(done.removeApprovalKey)
  }
  return (
    <li className="card" data-key={own.id}>
      <p>
        <strong>
          <Said>{own.label}</Said>
        </strong>
        {own.synced ? ` · ${t('liaison.keys.synced')}` : null}
      </p>
      <small>
        {t('liaison.keys.since')} <Time at={own.addedAt} /> · {own.usedAt ? <>{t('liaison.keys.used')} <Time at={own.usedAt} /></> : t('liaison.keys.unused')}
      </small>
      <p className="actions">
        <Button kind="danger" onClick={() => end(true)}>
          {t('liaison.keys.remove')}
        </Button>
      </p>
      {ending ? (
        <Dialog open title={t('liaison.keys.remove')} onClose={() => end(false)}>
          <p>{last ? t('liaison.keys.removeLast') : t('liaison.keys.removeText')}</p>
          <Failure error={removed.error} />
          <p className="actions">
            <Button kind="danger" busy={removed.asking} onClick={() => void removeNow()}>
              {t('liaison.keys.removeDo')}
            </Button>
            <Button onClick={() => end(false)}>{t('shell.cancel')}</Button>
          </p>
        </Dialog>
      ) : null}
    </li>
  )
}

function Add({ further, onAdded }: { further: boolean; onAdded: (state: State) => void }) {
  const { t } = useTexts()
  const [label, setLabel] = useState('')
  const [asking, ask] = useState(false)
  const [error, fail] = useState<Refused>()
  const addNow = async () => {
    ask(true)
    fail(undefined)
    try {
      const { added } = await import('../../api/key')
      const next = await added(label, further)
      setLabel('')
      onAdded(next)
    } catch (reason) {
      fail(refusal(reason))
    } finally {
      ask(false)
    }
  }
  return (
    <section className="panel" aria-labelledby="add">
      <h2 id="add">{t('liaison.keys.add')}</h2>
      <p>{further ? t('liaison.keys.addFurther') : t('liaison.keys.addFirst')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void addNow()
        }}
      >
        <TextField label={t('liaison.keys.label')} hint={t('liaison.keys.labelHint')} value={label} onChange={setLabel} maxLength={60} required />
        <Failure error={error} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={asking} disabled={!label.trim()}>
            {t('liaison.keys.addDo')}
          </Button>
        </p>
      </form>
    </section>
  )
}
