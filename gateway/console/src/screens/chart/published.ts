import { useEffect } from 'react'
import { useDemo } from '../../shell/demo'
import type { Chart } from './model'
import type { View } from './view'

declare global {
  interface Window {
    __entente_chart?: unknown
  }
}

/** What is on the chart as a copy for tests, which read no pixels; on a demonstration only, and only to be read. */
export function usePublished(chart: Chart, view: View, chosen: ReadonlySet<string>, arranging: number): void {
  const { demo } = useDemo()
  useEffect(() => {
    if (!demo) return
    window.__entente_chart = {
      items: Object.fromEntries(chart.items),
      links: [...chart.links.keys()],
      nodes: view.nodes.map(({ id, label, state, node, fresh }) => ({ id, label, state, node, fresh })),
      drawnLinks: view.links.map(({ id, label, dashed }) => ({ id, label, dashed })),
      chosen: [...chosen],
      arranging,
    }
    return () => {
      delete window.__entente_chart
    }
  }, [demo, chart, view, chosen, arranging])
}
