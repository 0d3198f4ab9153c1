import { useCallback, useRef, useState } from 'react'
import type { Layouting } from './beside'
import { layoutBeside } from './beside'
import { networkOf, spotsOf } from './layout'
import type { Chart, Spot } from './model'

type Tell = (spots: ReadonlyMap<string, Spot>) => void

export interface LayoutBeside {
  /** How many records are being laid out; 0: nothing is. */
  readonly arranging: number
  /** Whoever draws hears of them on the way until it ends that, past React: forty renderings of the screen would be seconds. */
  readonly onMove: (tell: Tell) => () => void
  readonly stop: () => void
  readonly attract: (chart: Chart, free: ReadonlySet<string>) => Promise<ReadonlyMap<string, Spot>>
}

/** Layout by attraction, beside the page: everything else can be done meanwhile, and it can be stopped. */
export function useLayout(): LayoutBeside {
  const [arranging, setArranging] = useState(0)
  const hearer = useRef<Tell | null>(null)
  const onMove = useCallback((tell: Tell) => {
    hearer.current = tell
    return () => {
      hearer.current = null
    }
  }, [])
  const running = useRef<Layouting | null>(null)
  const attract = useCallback(async (chart: Chart, free: ReadonlySet<string>) => {
    running.current?.stop()
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    const { network, names } = networkOf(chart, free)
    setArranging(free.size)
    const layouting = layoutBeside(network, (spots) => {
      if (!still) hearer.current?.(spotsOf(names, free, spots))
    })
    running.current = layouting
    try {
      return spotsOf(names, free, await layouting.spots)
    } finally {
      if (running.current === layouting) {
        running.current = null
        setArranging(0)
      }
    }
  }, [])
  const stop = useCallback(() => running.current?.stop(), [])
  return { arranging, onMove, stop, attract }
}
