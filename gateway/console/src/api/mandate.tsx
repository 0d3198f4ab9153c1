import { createContext, useContext, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { mandates } from '../generated/documents'
import { useRead } from './asked'
import { usePerson } from './session'

/** The justification under which an analyst asks, as the node tells it. */
export interface Mandate {
  readonly id: string
  readonly purpose: string
  readonly legalBasis: string
  readonly case: string
  readonly offence: string
  readonly subjectCategory: string
  readonly aim: string
  readonly openedAt: string
  readonly expiresAt: string
}

interface Chosen {
  /** Those that still hold, newest first. */
  readonly mandates: readonly Mandate[]
  /** The one that questions are asked under; remembered for this tab. */
  readonly mandate: Mandate | null
  /** Whether the node has not told yet which there are. */
  readonly loading: boolean
  readonly choose: (id: string) => void
  readonly again: () => void
}

const Context = createContext<Chosen | null>(null)
const KEPT = 'entente.mandate'

export function MandateProvider({ children }: { children: ReactNode }) {
  const person = usePerson()
  const { data, error, again } = useRead(mandates, person.roles.includes('analyst') ? {} : null)
  const [id, setId] = useState(() => sessionStorage.getItem(KEPT))
  const chosen = useMemo(() => {
    const held = [...(data?.myMandates ?? [])].sort((one, other) => other.openedAt.localeCompare(one.openedAt))
    return {
      mandates: held,
      mandate: held.find((each) => each.id === id) ?? held[0] ?? null,
      loading: !data && !error,
      choose: (wanted: string) => {
        sessionStorage.setItem(KEPT, wanted)
        setId(wanted)
      },
      again,
    }
  }, [data, error, id, again])
  return <Context.Provider value={chosen}>{children}</Context.Provider>
}

export function useMandate(): Chosen {
  const chosen = useContext(Context)
  if (!chosen) throw new Error('no mandate around')
  return chosen
}
