import { createContext, useContext } from 'react'
import type { Mandate } from '../../api/mandate'
import type { Case, PlacedRecord, Written } from './shared'

/** What was added, and to which nodes its mark does not let it go. */
export type Added = Written & { readonly notTold: readonly { to: string; reason: string }[] }

/** The shared case that the parts of its page are about. */
export interface Around {
  readonly id: string
  readonly mandate: Mandate
  readonly view: Case
  /** The records as they were last seen on this page. */
  readonly records: readonly PlacedRecord[]
  /** Whether something can be added: it is open, and shown as it is now. */
  readonly writable: boolean
  /** Tells what was added, and reads the case anew at the own node. */
  readonly added: (made: readonly Added[]) => void
}

export const CaseAround = createContext<Around | null>(null)

export function useCase(): Around {
  const around = useContext(CaseAround)
  if (!around) throw new Error('no case around')
  return around
}
