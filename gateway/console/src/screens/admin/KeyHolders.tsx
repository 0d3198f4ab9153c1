import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { keyHolders, resetApprovalKeys } from '../../generated/documents'
import type { keyHolders as texts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { TextField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

type Holder = ResultOf<typeof texts>['keyHolders'][number]

/** Which officers have keys of their own; a reset clears the way for who has lost theirs. */
export default function KeyHolders() {
  const { t } = useTexts()
  useTitle(t('admin.keys.title'))
  const read = useRead(keyHolders, {})
  const [changed, change] = useState<readonly Holder[] | null>(null)
  const holders = changed ?? read.data?.keyHolders
  return (
    <>
      <h1>{t('admin.keys.title')}</h1>
      <p>{t('admin.keys.text')}</p>
      <Failure error={read.error} />
      {read.asking && !holders ? <Loading /> : null}
      {holders?.length === 0 ? <p className="empty">{t('admin.keys.none')}</p> : null}
      <ul className="plain">
        {holders?.map((each) => (
          <OneHolder key={each.person} holder={each} onReset={change} />
        ))}
      </ul>
    </>
  )
}

function OneHolder({ holder, onReset }: { holder: Holder; onReset: (holders: readonly Holder[]) => void }) {
  const { t } = useTexts()
  const [asking, ask] = useState(false)
  const [reason, setReason] = useState('')
  const [reset, doReset] = useStep(resetApprovalKeys)
  const resetNow = async () => {
    const done = await doReset({ person: holder.person, reason })
    if (done) onReset(done.resetApprovalKeys)
  }
  return (
    <li className="card" data-holder={holder.person}>
      <p>
        <strong>
          <Said>{holder.person}</Said>
        </strong>{' '}
        · {t('admin.keys.count', { count: holder.keys.length })}
      </p>
      {holder.keys.map((each) => (
        <p key={each.id}>
          <Said>{each.label}</Said> · <Time at={each.addedAt} />
        </p>
      ))}
      <p className="actions">
        <Button kind="danger" onClick={() => ask(true)}>
          {t('admin.keys.reset')}
        </Button>
      </p>
      {asking ? (
        <Dialog open title={t('admin.keys.reset')} onClose={() => ask(false)}>
          <p>{t('admin.keys.resetText')}</p>
          <TextField label={t('admin.keys.reason')} value={reason} onChange={setReason} maxLength={200} required />
          <Failure error={reset.error} />
          <p className="actions">
            <Button kind="danger" busy={reset.asking} disabled={!reason.trim()} onClick={() => void resetNow()}>
              {t('admin.keys.resetDo')}
            </Button>
            <Button onClick={() => ask(false)}>{t('shell.cancel')}</Button>
          </p>
        </Dialog>
      ) : null}
    </li>
  )
}
