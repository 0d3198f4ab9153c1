/* Which ties of a replay stand after how many of its steps. Pure. */
export interface Step {
  readonly step: string
  readonly fact: { readonly handle: string; readonly subject: number; readonly object: number; readonly aspect: string; readonly says: string | null }
  readonly state: string
}

export interface Tie {
  readonly id: string
  readonly subject: number
  readonly object: number
  readonly aspect: string
  /** Perhaps it held. */
  readonly perhaps: boolean
  /** What the step that was taken last is about. */
  readonly lit: boolean
}

export function idOf({ handle, subject, object, says }: Step['fact']): string {
  return [handle, subject, object, says ?? ''].join(' ')
}

/**
 * What stands after the first `taken` steps, in the order in which it was told. What ends later and has no beginning
 * among the steps stood before the first of them.
 */
export function standingAfter(steps: readonly Step[], taken: number): readonly Tie[] {
  const begins = new Set(steps.filter(({ step }) => step !== 'ENDED').map(({ fact }) => idOf(fact)))
  const found = new Map<string, Tie>()
  const put = ({ fact, state }: Step, lit: boolean) => {
    const { subject, object, aspect } = fact
    found.set(idOf(fact), { id: idOf(fact), subject, object, aspect, perhaps: state === 'UNCERTAIN', lit })
  }
  for (const each of steps) if (each.step === 'ENDED' && !begins.has(idOf(each.fact))) put(each, false)
  for (const [place, each] of steps.slice(0, taken).entries()) {
    if (each.step === 'ENDED') found.delete(idOf(each.fact))
    else put(each, place === taken - 1)
  }
  return [...found.values()]
}
