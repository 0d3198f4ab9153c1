import { useCallback, useState } from 'react'

/* What is being written, in memory only: closing a dialog or signing in again loses nothing, leaving the page does. */
const kept = new Map<string, unknown>()

/** A field of a form, with what was written there before; `form` names what it is about, as ids do. */
export function useDraft<Value>(form: string, field: string, start: Value): [Value, (value: Value) => void] {
  const key = `${form} ${field}`
  const [value, setValue] = useState(() => (kept.has(key) ? (kept.get(key) as Value) : start))
  const set = useCallback(
    (written: Value) => {
      kept.set(key, written)
      setValue(written)
    },
    [key],
  )
  return [value, set]
}

/** Whether something was written in a form and neither sent nor dropped. */
export function drafted(form: string): boolean {
  return [...kept.keys()].some((key) => key.startsWith(`${form} `))
}

/** The form was sent, or its draft is not wanted; without a name, all of them: the person has gone. */
export function dropDraft(form?: string): void {
  for (const key of kept.keys()) if (form === undefined || key.startsWith(`${form} `)) kept.delete(key)
}
