import { useNavigate } from 'react-router'
import { useStep } from '../../api/asked'
import { dropDraft, useDraft } from '../../api/draft'
import type { Mandate } from '../../api/mandate'
import { openPicture, placeInPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Drafted } from '../../parts/Drafted'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { named } from './members'

interface Props {
  readonly mandate: Mandate
  /** A title to begin with. */
  readonly title?: string
  /** Records that are placed in the case at once. */
  readonly handles?: readonly string[]
  readonly onClose: () => void
}

/** A shared case for the mandate's case: a title, for how long, and its first members. */
export function OpenCase({ mandate, title: proposed = '', handles = [], onClose }: Props) {
  const { t } = useTexts()
  const go = useNavigate()
  const form = `case ${mandate.case} ${handles.join('+')}`
  const [title, setTitle] = useDraft(form, 'title', proposed)
  const [days, setDays] = useDraft(form, 'days', '30')
  const [lines, setLines] = useDraft(form, 'members', '')
  const [opened, open] = useStep(openPicture)
  const [placed, place] = useStep(placeInPicture)
  const { members, wrong } = named(lines)
  const submit = async () => {
    if (wrong) return
    const made = await open({ mandate: mandate.id, title: title.trim(), days: Number(days), members: [...members] })
    if (!made) return
    const { id } = made.openPicture
    dropDraft(form)
    if (handles.length) await place({ id, mandate: mandate.id, handles: [...handles] })
    await go(`/cases/${encodeURIComponent(id)}`)
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
        <Drafted form={form} />
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
        <Failure error={opened.error ?? placed.error} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={opened.asking || placed.asking}>
            {t('cases.cases.open')}
          </Button>
          <Button
            onClick={() => {
              dropDraft(form)
              onClose()
            }}
          >
            {t('shell.cancel')}
          </Button>
        </p>
      </form>
    </Dialog>
  )
}
