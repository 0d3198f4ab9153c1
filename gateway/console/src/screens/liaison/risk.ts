/** What an officer should look at twice before deciding; each is told in words beside the request. */
export type Risk = 'LATE' | 'NIGHT' | 'WHOLE' | 'BROAD' | 'UNSAID' | 'VULNERABLE' | 'MANY' | 'CODES' | 'OTHER_CASE'

interface Asked {
  readonly kind: string
  readonly tier: string
  readonly clock: string | null
  readonly receivedAt: string
  readonly dueAtLocal: string
  readonly subjectCategory: string | null
  readonly case: string | null
  readonly question: readonly { readonly name: string }[]
}

interface Matched {
  readonly case: string | null
  readonly handling: readonly string[]
}

const MANY = 20
const VULNERABLE = ['WITNESS', 'VICTIM', 'INFORMANT']

/** Signs of a request that need no look into the records, and those of the records once they were looked at. */
export function risksOf(item: Asked, records: readonly Matched[] = []): readonly Risk[] {
  const follows = item.kind === 'FOLLOW_UP'
  const hour = hourAt(item.receivedAt, zoneOf(item.dueAtLocal))
  const found: readonly (readonly [Risk, boolean])[] = [
    ['LATE', item.clock === 'LAST' || item.clock === 'OVERDUE'],
    ['NIGHT', hour < 6 || hour >= 22],
    ['WHOLE', follows && item.tier.toUpperCase() === 'RECORD'],
    ['BROAD', item.question.some(({ name }) => name === 'text')],
    ['UNSAID', follows && item.question.length === 0],
    ['VULNERABLE', VULNERABLE.includes(item.subjectCategory ?? '')],
    ['MANY', records.length > MANY],
    ['CODES', records.some(({ handling }) => handling.some((each) => each !== 'H0'))],
    ['OTHER_CASE', records.some((each) => each.case !== null && item.case !== null && each.case !== item.case)],
  ]
  return found.filter(([, holds]) => holds).map(([risk]) => risk)
}

/** The zone that the node names behind its local moments, e.g. `… (Europe/Paris)`. */
export function zoneOf(local: string): string {
  return /\(([A-Za-z]+(?:\/[\w+-]+)*)\)$/.exec(local)?.[1] ?? 'UTC'
}

function hourAt(at: string, zone: string): number {
  const told = (timeZone: string) => new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone }).format(new Date(at))
  try {
    return Number(told(zone))
  } catch {
    return Number(told('UTC')) // a zone that this browser does not know
  }
}
