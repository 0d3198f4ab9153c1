import { useState } from 'react'
import { useStep } from '../../api/asked'
import { closePicture, joinPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useCase } from './around'
import { named, told } from './members'
import { Oneself } from './Oneself'
import { Who } from './Who'

/** Who takes part, naming a colleague, and ending the case. */
export function CaseMembers() {
  const { t } = useTexts()
  const { view, writable } = useCase()
  const { members, openedBy } = view.picture
  const [closing, close] = useState(false)
  return (
    <section aria-labelledby="members" className="stack">
      <h2 id="members">{t('cases.cases.members')}</h2>
      <ul>
        {members.map((each) => (
          <li key={told(each)}>
            <Who member={each} me={view.me} /> {each.node}
            {told(each) === told(openedBy) ? ` (${t('cases.cases.opener')})` : ''}
          </li>
        ))}
      </ul>
      {writable ? <Join /> : null}
      <Oneself />
      {writable && openedBy.node === view.me.node ? (
        <p className="actions">
          <Button kind="danger" onClick={() => close(true)}>
            {t('cases.case.close')}
          </Button>
        </p>
      ) : null}
      {closing ? <Close onClose={() => close(false)} /> : null}
    </section>
  )
}

function Join() {
  const { t } = useTexts()
  const { id, mandate, added } = useCase()
  const [lines, setLines] = useState('')
  const [joined, join] = useStep(joinPicture)
  const { members, wrong } = named(lines)
  const submit = async () => {
    if (wrong) return
    const made = await join({ id, mandate: mandate.id, members: [...members] })
    if (!made) return
    setLines('')
    added([])
  }
  return (
    <details>
      <summary>{t('cases.cases.addMember')}</summary>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <TextField
          label={t('cases.cases.naming')}
          hint={t('cases.cases.namingHint')}
          error={wrong ? t('cases.cases.namingWrong', { line: wrong }) : undefined}
          value={lines}
          onChange={setLines}
          lines={2}
          required
        />
        <Failure error={joined.error} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={joined.asking}>
            {t('cases.cases.addMember')}
          </Button>
          <span role="status">{joined.data && !lines ? t('cases.cases.named') : ''}</span>
        </p>
      </form>
    </details>
  )
}

function Close({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const { id, mandate, added } = useCase()
  const [closed, close] = useStep(closePicture)
  return (
    <Dialog open title={t('cases.case.close')} onClose={onClose}>
      <p>{t('cases.case.closeText')}</p>
      <Failure error={closed.error} />
      <p className="actions">
        <Button
          kind="danger"
          busy={closed.asking}
          onClick={() => {
            void close({ id, mandate: mandate.id }).then((made) => {
              if (!made) return
              added([])
              onClose()
            })
          }}
        >
          {t('cases.case.close')}
        </Button>
        <Button onClick={onClose}>{t('shell.cancel')}</Button>
      </p>
    </Dialog>
  )
}
