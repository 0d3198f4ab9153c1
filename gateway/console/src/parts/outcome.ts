/** What a replay says of an outcome: the tier of an answer, or the reasons of a refusal. */
export interface Outcome {
  /** `hit` … `record`, `none` for an answer that shows nothing; null for a refusal. */
  readonly tier: string | null
  readonly reasons: readonly string[]
  /** The same tier, with other rows or fields than before. */
  readonly other: boolean
}

const OTHER = ' of other rows or fields'
const TIERS: Readonly<Record<string, string>> = { NONE: 'none', T0: 'hit', T1: 'contact', T2: 'core', T3: 'record' }

/** The parts of an outcome as the node writes it: `T2`, `T2 of other rows or fields`, `REFUSED NO_GRANT QUOTA`. */
export function outcomeOf(told: string): Outcome {
  const other = told.endsWith(OTHER)
  const said = other ? told.slice(0, -OTHER.length) : told
  const [first = '', ...reasons] = said.split(' ')
  return { tier: first === 'REFUSED' ? null : (TIERS[first] ?? first), reasons, other }
}
