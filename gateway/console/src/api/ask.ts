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
const unproven = new Set<() => void>()

/** What the session's every change must carry; told once after sign-in. */
export function carry(token: string): void {
  csrf = token
}

/** Calls `told` when the node says that the session has ended; returns how to stop that. */
export function whenEnded(told: () => void): () => void {
  ended.add(told)
  return () => ended.delete(told)
}

/** Calls `told` when the node asks for a fresh proof of who is there; returns how to stop that. */
export function whenUnproven(told: () => void): () => void {
  unproven.add(told)
  return () => unproven.delete(told)
}

function tell(code: string): void {
  if (code === 'NOT_SIGNED_IN') for (const told of ended) told()
  if (code === 'STEP_UP_NEEDED') for (const told of unproven) told()
}

/** An answer of one of the node's own addresses, or UNREACHABLE. */
async function answer(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refused('UNREACHABLE', 'the own node cannot be reached')
  }
}

async function json<Result>(response: Response): Promise<Result> {
  const body = (await response.json().catch(() => null)) as (Result & Reply<unknown>) | null
  if (body?.error) {
    tell(body.error.code)
    throw new Refused(body.error.code, body.error.message)
  }
  if (body === null) throw new Refused('UNREADABLE', `the own node answered ${response.status}, not JSON`)
  return body
}

/** JSON of one of the node's own addresses; `Refused` with its code, or UNREACHABLE. */
export async function fetchJson<Result>(path: string, init: RequestInit = {}): Promise<Result> {
  return json<Result>(await answer(path, init))
}

/** How a document is sent. `background`: by the page itself; it keeps no session alive. */
interface Way {
  readonly signal?: AbortSignal | undefined
  readonly background?: boolean
  readonly accept?: string
}

/** Sends a document to the own node. */
export async function post<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables,
  { signal, background = false, accept = 'application/json' }: Way,
): Promise<Response> {
  return answer('/graphql', {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      'x-entente-csrf': csrf,
      ...(background ? { 'x-entente-background': '1' } : {}),
    },
    body: JSON.stringify({ documentId: document.id, variables }),
    signal: signal ?? null,
  })
}

/** The data of a result; `Refused` with the code of its first error. */
export async function result<Result>(response: Response): Promise<Result> {
  const reply = await json<Reply<Result>>(response)
  const error = reply.errors?.[0]
  if (error) {
    const code = error.extensions?.code ?? 'INTERNAL'
    tell(code)
    throw new Refused(code, error.message)
  }
  if (!reply.data) throw new Refused('UNREADABLE', 'the own node answered without data')
  return reply.data
}

/**
 * Asks the own node once. Nothing is kept and nothing is asked again unasked: every question that crosses a border
 * is logged at both ends, so only a person's step may cause one. What the page asks the own node by itself is
 * asked in the `background`.
 */
export async function ask<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
  background = false,
): Promise<Result> {
  return result<Result>(await post(document, variables, { signal, background }))
}

/** The text for an error's code; one that the console does not know is told by its code. */
export function errorKey(code: string): TextKey {
  return `error.${code}` as TextKey
}
