import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { Refused, carry, fetchJson, whenEnded, whenUnproven } from './ask'
import { dropDraft } from './draft'
import { forget } from './recent'

export type Role = 'analyst' | 'liaison' | 'oversight' | 'administrator'

/** Who is signed in, as the node's `/auth/me` tells it. */
export interface Person {
  readonly node: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly unit: string
  /** The own id at the node, by which it names people in what they did. */
  readonly subject: string
  readonly csrf: string
  /** When the session ends, in Unix seconds: without any step, and in any case. */
  readonly ends: { readonly now: number; readonly idle: number; readonly absolute: number }
}

interface Session {
  /** `undefined` while it is not known; `null` when nobody is signed in. */
  readonly person: Person | null | undefined
  /** The session ended while the person was at work: what is on the screen stays. */
  readonly ended: boolean
  /** What was asked for takes a fresh proof of who is there; what is on the screen stays. */
  readonly unproven: boolean
  readonly leaveUnproven: () => void
  readonly unreachable: boolean
  readonly signOut: () => Promise<void>
  readonly look: () => Promise<void>
}

const Context = createContext<Session | null>(null)

function same(one: Person, other: Person): boolean {
  return one.node === other.node && one.name === other.name && one.unit === other.unit && one.roles.join() === other.roles.join()
}

/** Nothing that one person wrote, asked or chose is there for the next. */
function clean(): void {
  dropDraft()
  forget()
  sessionStorage.clear()
}

/** Another person has signed in: what is on the screen is not for them. */
function leave(): void {
  clean()
  window.location.assign('/')
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [person, setPerson] = useState<Person | null | undefined>(undefined)
  const [ended, setEnded] = useState(false)
  const [unproven, setUnproven] = useState(false)
  const [unreachable, setUnreachable] = useState(false)
  const here = useRef<Person>(null)
  const look = useCallback(async () => {
    try {
      const told = await fetchJson<Person>('/auth/me')
      carry(told.csrf)
      if (here.current && !same(here.current, told)) leave()
      here.current = told
      setPerson(told)
      setEnded(false)
      setUnproven(false)
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
  useEffect(() => whenUnproven(() => setUnproven(true)), [])
  const leaveUnproven = useCallback(() => setUnproven(false), [])
  const signOut = useCallback(async () => {
    const told = await fetchJson<{ readonly provider?: string }>('/auth/logout', {
      method: 'POST',
      headers: { 'x-entente-csrf': person?.csrf ?? '' },
    }).catch(() => null)
    here.current = null
    clean()
    setPerson(null)
    if (told?.provider) window.location.assign(told.provider) // to sign out there as well
  }, [person])
  const session = useMemo(
    () => ({
      person,
      ended: ended && Boolean(person),
      unproven: unproven && !ended && Boolean(person),
      leaveUnproven,
      unreachable,
      signOut,
      look,
    }),
    [person, ended, unproven, leaveUnproven, unreachable, signOut, look],
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
