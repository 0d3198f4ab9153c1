import { useSyncExternalStore } from 'react'

/** What was asked in this tab since it was opened: kept in memory only, and gone with the page. */
export interface Recent {
  readonly words: string
  readonly as: 'identifier' | 'name'
}

const MOST = 8
let asked: readonly Recent[] = []
const told = new Set<() => void>()

/** Puts a search first; the same one stands there once. */
export function remember(one: Recent): void {
  asked = [one, ...asked.filter(({ words, as }) => words !== one.words || as !== one.as)].slice(0, MOST)
  for (const each of told) each()
}

/** Forgets all: the person has gone. */
export function forget(): void {
  asked = []
  for (const each of told) each()
}

function subscribe(changed: () => void): () => void {
  told.add(changed)
  return () => told.delete(changed)
}

export function useRecent(): readonly Recent[] {
  return useSyncExternalStore(subscribe, () => asked)
}

/** The address of a search, filled in and not asked yet. */
export function addressOf({ words, as }: Recent): string {
  return `/search?${new URLSearchParams({ q: words, as }).toString()}`
}
