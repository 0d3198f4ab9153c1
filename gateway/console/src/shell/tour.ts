import { useState } from 'react'
import { signInAs } from './demo'
import type { DemoPerson } from './demo'

/** Who does something in a step, by the hint of the demo's sign-in page, and where. */
interface Part {
  readonly hint: string
  readonly path: string
}

export interface TourStep extends Part {
  /** Its name among the texts: `tour.steps.<name>`. */
  readonly name: 'ask' | 'profile' | 'more' | 'decide' | 'join' | 'alert' | 'revoke' | 'oversight'
  /** Who goes on with it. */
  readonly then?: Part
}

/** The demo's case, step by step. */
export const STEPS: readonly TourStep[] = [
  { name: 'ask', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { name: 'profile', hint: 'fr-7c1e04', path: '/profiles?of=fr.ofast%2Ffr-cp-1' },
  { name: 'more', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { name: 'decide', hint: 'se-83fe0c', path: '/', then: { hint: 'se-2c65a9', path: '/' } },
  { name: 'join', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { name: 'alert', hint: 'se-19ab52', path: '/alerts' },
  { name: 'revoke', hint: 'se-83fe0c', path: '/grants?partner=fr.ofast', then: { hint: 'fr-7c1e04', path: '/chart' } },
  { name: 'oversight', hint: 'fr-6b20d5', path: '/signals' },
]

const KEPT = 'entente.tour'

/** Where a part of a step begins, so that the step is under way there. */
export function placeOf({ path }: Part, { name }: TourStep): string {
  return `${path}${path.includes('?') ? '&' : '?'}tour=${name}`
}

/** Where the tour itself is read first: as the person of its first step. */
export function toTour(people: readonly DemoPerson[]): string | null {
  const first = people.find(({ hint }) => hint === STEPS[0]?.hint)
  return first ? signInAs(first, '/tour') : null
}

/** The step that is under way in this tab: the one that the page was opened with, else the one before; and its end. */
export function useTour(): readonly [TourStep | null, () => void] {
  const [name, setName] = useState(() => {
    const begun = new URLSearchParams(window.location.search).get('tour')
    if (begun) sessionStorage.setItem(KEPT, begun)
    return begun ?? sessionStorage.getItem(KEPT)
  })
  const end = () => {
    sessionStorage.removeItem(KEPT)
    setName(null)
  }
  return [STEPS.find((each) => each.name === name) ?? null, end]
}
