import type { TextKey } from '../../generated/keys'

/** How long until a moment, in its largest unit: the text's key and its number; `null` once it is over. */
export function left(until: string, now: number): { key: TextKey; count: number } | null {
  const minutes = Math.floor((new Date(until).getTime() - now) / 60_000)
  if (Number.isNaN(minutes) || minutes < 0) return null
  if (minutes < 120) return { key: 'cases.standing.minutes', count: minutes }
  if (minutes < 48 * 60) return { key: 'cases.standing.hours', count: Math.floor(minutes / 60) }
  return { key: 'cases.standing.days', count: Math.floor(minutes / (24 * 60)) }
}
