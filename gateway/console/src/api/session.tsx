import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { Refused, carry, fetchJson, whenEnded } from './ask'

export type Role = 'analyst' | 'liaison' | 'oversight' | 'administrator'

/** Who is signed in, as the node's `/auth/me` tells it. */
export interface Person {
  readonly node: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly unit: string
  readonly csrf: string
}

interface Session {
  /** `undefined` while it is not known; `null` when nobody is signed in. */
  readonly person: Person | null | undefined
  /** The session ended while the person was at work: what is on the screen stays. */
  readonly ended: boolean
  readonly unreachable: boolean
  readonly signOut: () => Promise<void>
  readonly look: () => Promise<void>
}

const Context = createContext<Session | null>(null)

export function SessionProvider({ children }: { children: ReactNode }) {
  const [person, setPerson] = useState<Person | null | undefined>(undefined)
  const [ended, setEnded] = useState(false)
  const [unreachable, setUnreachable] = useState(false)
  const look = useCallback(async () => {
    try {
      const told = await fetchJson<Person>('/auth/me')
      carry(told.csrf)
      setPerson(told)
      setEnded(false)
      setUnreachable(false)
    } catch (error) {
      setUnreachable(error instanceof Refused && error.code === 'UNREACHABLE')
      setPerson(null)
    }
  }, [])
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- who is signed in is known outside of React
    void look()
  }, [look])
  useEffect(() => whenEnded(() => setEnded(true)), [])
  const signOut = useCallback(async () => {
    await fetchJson('/auth/logout', { method: 'POST', headers: { 'x-entente-csrf': person?.csrf ?? '' } }).catch(
      () => null,
    )
    setPerson(null)
  }, [person])
  const session = useMemo(
    () => ({ person, ended: ended && Boolean(person), unreachable, signOut, look }),
    [person, ended, unreachable, signOut, look],
  )
  return <Context.Provider value={session}>{children}</Context.Provider>
}

export function useSession(): Session {
  const session = useContext(Context)
  if (!session) throw new Error('no session around')
  return session
}

/** The person at a screen that only signed-in people reach. */
export function usePerson(): Person {
  const { person } = useSession()
  if (!person) throw new Error('nobody is signed in')
  return person
}
