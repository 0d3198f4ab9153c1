import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useStep } from '../../api/asked'
import { pictureDifference } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useCase } from './around'
import { Prose } from './Prose'
import { caption } from './shared'
import type { Written } from './shared'
import { Who } from './Who'

/** The case as it was on a day, and what changed between two. */
export function CaseHistory() {
  const { t } = useTexts()
  const { id, mandate, view } = useCase()
  const go = useNavigate()
  const today = new Date().toLocaleDateString('sv')
  const [day, setDay] = useState(today)
  const [from, setFrom] = useState(view.picture.openedAt.slice(0, 10))
  const [to, setTo] = useState(today)
  const [compared, compare] = useStep(pictureDifference)
  const found = compared.data?.pictureDifference
  return (
    <section aria-labelledby="history" className="stack">
      <h2 id="history">{t('cases.history.title')}</h2>
      <form
        className="form row"
        onSubmit={(event) => {
          event.preventDefault()
          void go(`/cases/${encodeURIComponent(id)}?asOf=${encodeURIComponent(day)}`)
        }}
      >
        <TextField label={t('cases.history.asOf')} type="date" value={day} onChange={setDay} required />
        <Button type="submit">{t('cases.history.show')}</Button>
      </form>
      <form
        className="form row"
        onSubmit={(event) => {
          event.preventDefault()
          void compare({ id, mandate: mandate.id, earlier: dayBefore(from), later: to })
        }}
      >
        <TextField label={t('cases.history.from')} type="date" value={from} onChange={setFrom} required />
        <TextField label={t('cases.history.to')} type="date" value={to} onChange={setTo} required />
        <Button type="submit" busy={compared.asking}>
          {t('cases.history.compare')}
        </Button>
      </form>
      <Failure error={compared.error} />
      {found && !found.added.length && !found.gone.length ? <p role="status">{t('cases.history.alike')}</p> : null}
      {found ? (
        <ul className="plain stack">
          {found.added.map((each) => (
            <Change key={each.id} sign="+" title={t('cases.history.came')} change={each} />
          ))}
          {found.gone.map((each) => (
            <Change key={each.id} sign="−" title={t('cases.history.gone')} change={each} />
          ))}
        </ul>
      ) : null}
    </section>
  )
}

/** The day before, so that what came on the first day counts as a change. */
function dayBefore(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - 1)
  return date.toISOString().slice(0, 10)
}

function Change({ sign, title, change }: { sign: string; title: string; change: Written }) {
  const { code } = useTexts()
  const { records, view } = useCase()
  return (
    <li className={sign === '+' ? 'change came' : 'change gone'}>
      <strong>
        <span aria-hidden="true">{sign} </span>
        {title}: {code('act', change.act)}
      </strong>{' '}
      <Said>{change.handles.map((each) => caption(records, each)).join(', ')}</Said>{' '}
      <small>
        <Who member={change.author} me={view.me} /> · <Time at={change.at} />
      </small>
      {change.text ? <Prose>{change.text}</Prose> : null}
    </li>
  )
}
