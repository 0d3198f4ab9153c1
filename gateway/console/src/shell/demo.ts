import { useEffect, useState } from 'react'
import { fetchJson } from '../api/ask'
import type { Role } from '../api/session'

/** What the node tells everybody who may sign in: `/auth/options`. */
export interface SignInOptions {
  readonly node: string
  readonly name: string
  readonly demo: boolean
  readonly people: readonly { hint: string; name: string; roles: readonly Role[]; unit: string }[]
  /** Where the demo's nodes are to be found by a browser; empty elsewhere. */
  readonly nodes: readonly { id: string; address: string }[]
}

const UNKNOWN: SignInOptions = { node: '', name: '', demo: false, people: [], nodes: [] }
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
