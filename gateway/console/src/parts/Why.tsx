import { useSyncExternalStore } from 'react'
import { TextField } from './Field'
import { useTexts } from '../shell/texts'

let said = ''
const told = new Set<() => void>()

function say(text: string): void {
  said = text
  for (const each of told) each()
}

/** The justification of the looks of this sitting; it is forgotten with the page. */
export function useWhy(): string {
  return useSyncExternalStore(
    (tell) => {
      told.add(tell)
      return () => told.delete(tell)
    },
    () => said,
  ).trim()
}

/** Where the justification is given: once for a sitting, in sight on every screen that asks for it. */
export function Why() {
  const { t } = useTexts()
  const why = useSyncExternalStore(
    (tell) => {
      told.add(tell)
      return () => told.delete(tell)
    },
    () => said,
  )
  return (
    <div className="panel">
      <TextField label={t('oversight.why.label')} hint={t('oversight.why.hint')} value={why} onChange={say} maxLength={64} required />
    </div>
  )
}
