import { useCallback, useState } from 'react'
import { useStep } from '../../api/asked'
import type { Asked } from '../../api/asked'
import { useLive } from '../../api/live'
import { joined, questionOf } from '../../api/picture'
import type { Picture } from '../../api/picture'
import { lookup, search } from '../../generated/documents'

/** What is asked of all nodes: an identifier, of a `kind` if that is known, or words with their filters. */
export interface Wanted {
  readonly as: 'identifier' | 'name'
  readonly words: string
  readonly kind?: string
  readonly mandate: string
  readonly nodes: readonly string[]
  readonly filters: {
    readonly schemata?: string[]
    readonly country?: string
    readonly since?: string
    readonly until?: string
    readonly source?: string
  }
}

const FIRST = 50

/** One question to several nodes, and the nodes that were asked once more. */
export interface Question {
  readonly wanted: Wanted | null
  readonly picture: Picture | undefined
  /** Nodes that have not answered yet. */
  readonly waiting: readonly string[]
  /** Nodes that are not waited for any more, though they were asked. */
  readonly left: readonly string[]
  readonly asking: boolean
  readonly error: Asked<unknown>['error']
  /** The question that a node's answer belongs to. */
  readonly of: (node: string) => Picture | undefined
  readonly ask: (wanted: Wanted) => void
  /** Asks one node once more: a question of its own, logged as one. */
  readonly again: (node: string) => void
  readonly stop: () => void
}

export function useQuestion(): Question {
  const [looked, look, stopLooking] = useLive(lookup)
  const [sought, seek, stopSeeking] = useLive(search)
  const [lookedAgain, lookAgain] = useStep(lookup)
  const [soughtAgain, seekAgain] = useStep(search)
  const [wanted, want] = useState<Wanted | null>(null)
  const [later, add] = useState<readonly Picture[]>([])
  const [repeated, repeat] = useState<readonly string[]>([])
  const words = wanted?.as === 'name'
  const { asking, error } = words ? sought : looked
  const failed = words ? soughtAgain.error : lookedAgain.error
  const parts = words ? sought.parts.map((each) => each.search) : looked.parts.map((each) => each.lookup)
  const whole = words ? sought.whole?.search : looked.whole?.lookup
  const pictures = wanted ? [...(whole ? [whole] : parts), ...later] : []
  const picture = joined(pictures)
  const heard = new Set(picture?.nodes.map(({ node }) => node))
  const open = wanted && !whole ? wanted.nodes.filter((each) => !heard.has(each)) : []
  const waiting = new Set([...(asking ? open : []), ...repeated])

  const ask = (told: Wanted) => {
    want(told)
    add([])
    repeat([])
    if (told.as === 'name') void seek({ text: told.words, ...shared(told, told.nodes), ...told.filters })
    else void look({ identifier: told.words, kind: told.kind ?? null, ...shared(told, told.nodes) })
  }
  const again = (node: string) => {
    if (!wanted) return
    repeat((before) => [...before, node])
    const told: Promise<Picture | undefined> = words
      ? seekAgain({ text: wanted.words, ...shared(wanted, [node]), ...wanted.filters }).then((each) => each?.search)
      : lookAgain({ identifier: wanted.words, kind: wanted.kind ?? null, ...shared(wanted, [node]) }).then((each) => each?.lookup)
    void told.then((found) => {
      repeat((before) => before.filter((each) => each !== node))
      if (found) add((before) => [...before, found])
    })
  }
  const stop = useCallback(() => {
    stopLooking()
    stopSeeking()
  }, [stopLooking, stopSeeking])
  return {
    wanted,
    picture,
    waiting: [...waiting],
    left: open.filter((each) => !waiting.has(each)),
    asking: waiting.size > 0 || asking,
    error: error ?? failed,
    of: (node) => questionOf(pictures, node),
    ask,
    again,
    stop,
  }
}

function shared({ mandate }: Wanted, nodes: readonly string[]) {
  return { mandate, first: FIRST, nodes: [...nodes] }
}
