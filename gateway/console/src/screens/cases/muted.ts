import { useSyncExternalStore } from 'react'
import { alertsChanged } from './news'

/* The ids of standing questions that this browser keeps quiet; no content. Their alerts are there, and not counted. */
const KEPT = 'entente.muted'
const told = new Set<() => void>()
let read: { readonly text: string; readonly ids: readonly string[] } = { text: '[]', ids: [] }

function ids(): readonly string[] {
  const text = localStorage.getItem(KEPT) ?? '[]'
  if (text !== read.text) {
    let found: unknown
    try {
      found = JSON.parse(text)
    } catch {
      found = []
    }
    read = { text, ids: Array.isArray(found) ? found.filter((each) => typeof each === 'string') : [] }
  }
  return read.ids
}

/** Whether an alert comes from a question that is kept quiet. */
export function isMuted(alert: { readonly statements: readonly { readonly source: string }[] }): boolean {
  const quiet = ids()
  return alert.statements.some(({ source }) => quiet.includes(source))
}

/** Keeps a question quiet here, or no longer. */
export function mute(question: string, quiet: boolean): void {
  const rest = ids().filter((each) => each !== question)
  localStorage.setItem(KEPT, JSON.stringify(quiet ? [...rest, question] : rest))
  for (const each of told) each()
  alertsChanged()
}

function subscribe(changed: () => void): () => void {
  told.add(changed)
  return () => told.delete(changed)
}

export function useMuted(): readonly string[] {
  return useSyncExternalStore(subscribe, ids)
}
