const SOON = 14 * 86_400_000
const LIVE = ['ACTIVE', 'NOT_YET']

interface Shared {
  readonly state: string
  readonly expiresAt: string
}

/** Whether a grant counts for questions, now or later. */
export function live({ state }: Shared): boolean {
  return LIVE.includes(state)
}

/** Whether a grant in force ends within 14 days. */
export function endsSoon(grant: Shared, now: Date): boolean {
  return live(grant) && new Date(grant.expiresAt).getTime() - now.getTime() <= SOON
}
