import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useStep } from '../../api/asked'
import type { Mandate } from '../../api/mandate'
import { openPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { named } from './members'

/** A shared case for the mandate's case: a title, for how long, and its first members. */
export function OpenCase({ mandate, onClose }: { mandate: Mandate; onClose: () => void }) {
  const { t } = useTexts()
  const go = useNavigate()
  const [title, setTitle] = useState('')
  const [days, setDays] = useState('30')
  const [lines, setLines] = useState('')
  const [opened, open] = useStep(openPicture)
  const { members, wrong } = named(lines)
  const submit = async () => {
    if (wrong) return
    const made = await open({ mandate: mandate.id, title: title.trim(), days: Number(days), members: [...members] })
    if (made) await go(`/cases/${encodeURIComponent(made.openPicture.id)}`)
  }
  return (
    <Dialog open title={t('cases.cases.open')} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <p>{t('cases.cases.openText', { case: mandate.case })}</p>
        <TextField label={t('cases.cases.name')} value={title} onChange={setTitle} required maxLength={200} />
        <TextField label={t('cases.cases.days')} type="number" value={days} onChange={setDays} required min={1} max={365} />
        <TextField
          label={t('cases.cases.naming')}
          hint={t('cases.cases.namingHint')}
          error={wrong ? t('cases.cases.namingWrong', { line: wrong }) : undefined}
          value={lines}
          onChange={setLines}
          lines={3}
        />
        <Failure error={opened.error} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={opened.asking}>
            {t('cases.cases.open')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </p>
      </form>
    </Dialog>
  )
}
