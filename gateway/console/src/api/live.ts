import { useCallback, useEffect, useRef, useState } from 'react'
import { refusal } from './asked'
import { post, result } from './ask'
import type { Document } from './document'

/** A question to several nodes: each answer as it comes, the whole at the end. */
export interface Live<Result> {
  /** What nodes have answered, one result for each, in the order in which they came. */
  readonly parts: readonly Result[]
  readonly whole?: Result
  readonly error?: ReturnType<typeof refusal>
  readonly asking: boolean
}

/** One event of a stream: its name and its data. */
export interface Told {
  readonly name: string
  readonly data: string
}

/** The complete events at the beginning of a text, and what is left of it. */
export function events(text: string): readonly [readonly Told[], string] {
  const blocks = text.split('\n\n')
  const rest = blocks.pop() ?? ''
  const told = blocks.map((block) => {
    const lines = block.split('\n')
    const of = (field: string) =>
      lines
        .filter((line) => line.startsWith(`${field}: `))
        .map((line) => line.slice(field.length + 2))
        .join('\n')
    return { name: of('event'), data: of('data') }
  })
  return [told, rest]
}

/** Asks once, as `ask` does, and tells what each node answers as soon as it has (ADR 0715). */
async function askLive<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables,
  told: (part: Result) => void,
  signal: AbortSignal,
): Promise<Result> {
  const response = await post(document, variables, { accept: 'text/event-stream', signal })
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) return result(response)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let [text, whole] = ['', '']
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return result(new Response(whole))
    const [found, rest] = events(text + value)
    text = rest
    for (const { name, data } of found) {
      if (name === 'part') told((JSON.parse(data) as { data: Result }).data)
      if (name === 'next') whole = data
    }
  }
}

/** A question that a person starts, told in parts; a newer start ends the older one, `stop` ends the waiting. */
export function useLive<Result, Variables>(
  document: Document<Result, Variables>,
): [Live<Result>, (variables: Variables) => Promise<Result | null>, () => void] {
  const [live, setLive] = useState<Live<Result>>({ parts: [], asking: false })
  const running = useRef<AbortController>(null)
  const stop = useCallback(() => {
    running.current?.abort()
    running.current = null
    setLive((before) => ({ ...before, asking: false }))
  }, [])
  const start = useCallback(
    async (variables: Variables) => {
      running.current?.abort()
      const own = (running.current = new AbortController())
      const step = (change: (before: Live<Result>) => Live<Result>) => {
        if (running.current === own) setLive(change)
      }
      setLive({ parts: [], asking: true })
      const part = (told: Result) => step((before) => ({ ...before, parts: [...before.parts, told] }))
      try {
        const whole = await askLive(document, variables, part, own.signal)
        step((before) => ({ ...before, whole, asking: false }))
        return whole
      } catch (error) {
        step((before) => ({ ...before, error: refusal(error), asking: false }))
        return null
      }
    },
    [document],
  )
  useEffect(() => () => running.current?.abort(), [])
  return [live, start, stop]
}
