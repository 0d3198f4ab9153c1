import { useEffect, useState } from 'react'
import { fetchJson } from '../api/ask'
import type { Role } from '../api/session'

/** What the node tells everybody who may sign in: `/auth/options`. */
export interface SignInOptions {
  readonly node: string
  readonly name: string
  readonly demo: boolean
  /** The demo's people, each at the node where they belong; `desk` is its address. Empty elsewhere. */
  readonly people: readonly DemoPerson[]
  /** What a demo offers to ask for. Empty elsewhere. */
  readonly examples: readonly string[]
}

export interface DemoPerson {
  readonly hint: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly unit: string
  readonly node: string
  readonly desk: string
}

/** Where somebody of the demo signs in, to land at a place of their node's console. */
export function signInAs(person: DemoPerson, path: string): string {
  return `${person.desk}/auth/login?next=${encodeURIComponent(path)}&hint=${encodeURIComponent(person.hint)}`
}

const UNKNOWN: SignInOptions = { node: '', name: '', demo: false, people: [], examples: [] }
let asked: Promise<SignInOptions> | null = null

/** The node's options for signing in, fetched once for the page. */
export function useDemo(): SignInOptions {
  const [options, setOptions] = useState(UNKNOWN)
  useEffect(() => {
    asked ??= fetchJson<SignInOptions>('/auth/options').catch(() => UNKNOWN)
    let here = true
    void asked.then((told) => {
      if (here) setOptions(told)
    })
    return () => {
      here = false
    }
  }, [])
  return options
}
