import type { TextKey } from '../generated/keys'
import type { Document } from './document'

/** Why the node, or the way to it, gave no answer. `code` is stable; `message` is the node's, in English. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

interface Reply<Result> {
  data?: Result | null
  errors?: readonly { message: string; extensions?: { code?: string } }[]
  error?: { code: string; message: string }
}

let csrf = ''
const ended = new Set<() => void>()

/** What the session's every change must carry; told once after sign-in. */
export function carry(token: string): void {
  csrf = token
}

/** Calls `told` when the node says that the session has ended; returns how to stop that. */
export function whenEnded(told: () => void): () => void {
  ended.add(told)
  return () => ended.delete(told)
}

/** JSON of one of the node's own addresses; `Refused` with its code, or UNREACHABLE. */
export async function fetchJson<Result>(path: string, init: RequestInit = {}): Promise<Result> {
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refused('UNREACHABLE', 'the own node cannot be reached')
  }
  const body = (await response.json().catch(() => null)) as (Result & Reply<unknown>) | null
  if (body?.error) {
    if (body.error.code === 'NOT_SIGNED_IN') for (const told of ended) told()
    throw new Refused(body.error.code, body.error.message)
  }
  if (body === null) throw new Refused('UNREADABLE', `the own node answered ${response.status}, not JSON`)
  return body
}

/**
 * Asks the own node once. Nothing is kept and nothing is asked again unasked: every question that crosses a border
 * is logged at both ends, so only a person's step may cause one. What the page asks the own node by itself is
 * asked in the `background`: it keeps no session alive.
 */
export async function ask<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
  background = false,
): Promise<Result> {
  const reply = await fetchJson<Reply<Result>>('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-entente-csrf': csrf,
      ...(background ? { 'x-entente-background': '1' } : {}),
    },
    body: JSON.stringify({ documentId: document.id, variables }),
    signal: signal ?? null,
  })
  const error = reply.errors?.[0]
  if (error) {
    const code = error.extensions?.code ?? 'INTERNAL'
    if (code === 'NOT_SIGNED_IN') for (const told of ended) told()
    throw new Refused(code, error.message)
  }
  if (!reply.data) throw new Refused('UNREADABLE', 'the own node answered without data')
  return reply.data
}

/** The text for an error's code; one that the console does not know is told by its code. */
export function errorKey(code: string): TextKey {
  return `error.${code}` as TextKey
}
