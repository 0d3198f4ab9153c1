import { useCallback, useMemo, useState } from 'react'
import type { Handle } from './model'
import type { View } from './view'

export interface Chosen {
  /** Ids of what is drawn, in the order in which it was chosen. */
  readonly ids: ReadonlySet<string>
  readonly handles: readonly Handle[]
  readonly current: string | null
  readonly choose: (ids: readonly string[], more?: boolean) => void
}

/** One selection for the picture, the table, the timeline and the map. */
export function useChosen(view: View): Chosen {
  const [wanted, setWanted] = useState<readonly string[]>([])
  const choose = useCallback(
    (ids: readonly string[], more = false) =>
      setWanted((before) => {
        if (!more) return ids
        const again = new Set(ids)
        const kept = before.filter((each) => !again.has(each))
        return ids.length === 1 && kept.length < before.length ? kept : [...kept, ...ids]
      }),
    [],
  )
  return useMemo(() => {
    const drawn = new Map(view.nodes.map((each) => [each.id, each]))
    const ids = wanted.filter((each) => drawn.has(each))
    return {
      ids: new Set(ids),
      handles: ids.flatMap((each) => drawn.get(each)?.handles ?? []),
      current: ids.at(-1) ?? null,
      choose,
    }
  }, [view, wanted, choose])
}
