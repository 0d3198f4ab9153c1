import { useCallback, useEffect, useRef, useState } from 'react'
import { Refused, ask } from './ask'
import type { Document } from './document'

/** How far a question is. `data` of an earlier answer stays while it is asked again. */
export interface Asked<Result> {
  readonly data?: Result
  readonly error?: Refused
  readonly asking: boolean
}

export function refusal(error: unknown): Refused {
  return error instanceof Refused ? error : new Refused('CONSOLE', String(error))
}

/**
 * A question or a step that a person starts: its state, and how to start it. A newer start ends the older one.
 * What starts by itself, in the background, is no use of the session.
 */
export function useStep<Result, Variables>(
  document: Document<Result, Variables>,
): [Asked<Result>, (variables: Variables, background?: boolean) => Promise<Result | null>, () => void] {
  const [asked, setAsked] = useState<Asked<Result>>({ asking: false })
  const running = useRef<AbortController>(null)
  const stop = useCallback(() => {
    running.current?.abort()
    running.current = null
    setAsked((before) => ({ ...before, asking: false }))
  }, [])
  const start = useCallback(
    async (variables: Variables, background = false) => {
      running.current?.abort()
      const own = (running.current = new AbortController())
      setAsked(({ data }) => (data === undefined ? { asking: true } : { data, asking: true }))
      try {
        const data = await ask(document, variables, own.signal, background)
        if (running.current === own) setAsked({ data, asking: false })
        return data
      } catch (error) {
        if (running.current === own) setAsked({ error: refusal(error), asking: false })
        return null
      }
    },
    [document],
  )
  useEffect(() => () => running.current?.abort(), [])
  return [asked, start, stop]
}

/** What the own node holds, read when the screen opens, by `again` and, in the background, by `look`; `null`: not yet. */
export function useRead<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables | null,
): Asked<Result> & { again: () => void; look: () => void } {
  const [asked, start] = useStep(document)
  const key = JSON.stringify(variables)
  const read = useCallback(
    (background: boolean) => {
      const wanted = JSON.parse(key) as Variables | null
      if (wanted !== null) void start(wanted, background)
    },
    [key, start],
  )
  const again = useCallback(() => read(false), [read])
  const look = useCallback(() => read(true), [read])
  useEffect(again, [again])
  return { ...asked, again, look }
}
