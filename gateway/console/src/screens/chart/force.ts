import cytoscape from 'cytoscape'
import fcose from 'cytoscape-fcose'
import type { Chart, Handle, Spot } from './model'
import { GAP } from './layout'

cytoscape.use(fcose)

/** Spots by attraction and repulsion for the `free` records; all others are where they were and stay there. */
export function force(chart: Chart, free: ReadonlySet<Handle>): Map<Handle, Spot> {
  const fixed = [...chart.items].filter(([handle]) => !free.has(handle))
  const graph = cytoscape({
    headless: true,
    styleEnabled: true,
    elements: [
      ...[...chart.items].map(([id, { x, y }]) => ({ data: { id }, position: { x, y } })),
      ...[...chart.links].map(([id, { source, target }]) => ({ data: { id, source, target } })),
    ],
  })
  const options = {
    name: 'fcose',
    animate: false,
    fit: false,
    randomize: fixed.length === 0,
    nodeRepulsion: () => 9000,
    idealEdgeLength: () => 1.4 * GAP,
    nodeSeparation: GAP,
    fixedNodeConstraint: fixed.map(([nodeId, { x, y }]) => ({ nodeId, position: { x, y } })),
  }
  graph.layout(options).run()
  const found = new Map<Handle, Spot>()
  for (const handle of free) {
    const node = graph.getElementById(handle)
    if (node.nonempty()) found.set(handle, { ...node.position() })
  }
  graph.destroy()
  return found
}
