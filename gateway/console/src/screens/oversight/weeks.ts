/** The ISO 8601 week before that of a moment, as `2026-W47`; it is over. */
export function lastWeek(now: Date): string {
  const thursday = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - 7))
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7))
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = Math.ceil(((thursday.getTime() - first) / 86_400_000 + 1) / 7)
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}

/** How many of the moments fall on each day of UTC, the days in between included. */
export function perDay(moments: readonly string[]): readonly { day: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const each of moments) counts.set(each.slice(0, 10), (counts.get(each.slice(0, 10)) ?? 0) + 1)
  const days = [...counts.keys()].sort()
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return []
  const told: { day: string; count: number }[] = []
  for (let at = Date.parse(first); at <= Date.parse(last) && told.length < 400; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    told.push({ day, count: counts.get(day) ?? 0 })
  }
  return told
}
