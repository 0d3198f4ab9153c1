import type { ElementDefinition, StylesheetJson } from 'cytoscape'
import { hatched, picture } from './palette'
import type { Palette } from './palette'
import type { ShownLink, ShownNode } from './view'

const STUBS = new Set(['unasked', 'withdrawn', 'silent'])

/** A record's data for the canvas; everything that differs between records is here, the rest in the rules. */
export function nodeData(node: ShownNode, palette: Palette, sized: boolean): Record<string, unknown> {
  const stub = STUBS.has(node.state)
  const ring = palette.owner(node.node)
  return {
    id: node.id,
    label: `${node.noted ? '✎ ' : ''}${node.label}`,
    fill: stub ? palette.ground : palette.family[node.family],
    sign: stub ? hatched(node.state === 'withdrawn' ? palette.bad : palette.faint) : picture(node.sign, palette.sign),
    ring: ring.colour,
    ringStyle: ring.style,
    ringWidth: ring.style === 'double' ? 5 : 3,
    edge: node.pinned ? palette.text : palette.family[node.family],
    edgeStyle: node.state === 'withdrawn' ? 'dashed' : 'solid',
    box: node.state === 'bundle' ? 'round-rectangle' : 'ellipse',
    size: 40 + (sized ? Math.min(40, node.links * 5) : 0) + (node.state === 'bundle' ? 12 : 0),
  }
}

export function linkData(link: ShownLink): Record<string, unknown> {
  const { id, source, target, label, dashed, directed } = link
  return { id, source, target, label, line: dashed ? 'dashed' : 'solid', arrow: directed ? 'triangle' : 'none' }
}

export function elementOf(data: Record<string, unknown>, position?: { x: number; y: number }): ElementDefinition {
  return position ? { data, position: { ...position } } : { data }
}

export function rules(palette: Palette): StylesheetJson {
  const text = { color: palette.text, 'font-family': 'system-ui, sans-serif', 'text-background-color': palette.ground }
  const shown = { ...text, 'text-background-opacity': 0.85, 'text-background-padding': '2px', 'min-zoomed-font-size': 6 }
  return [
    {
      selector: 'node',
      style: {
        ...shown,
        label: 'data(label)', 'font-size': 12, 'text-valign': 'bottom', 'text-margin-y': 8, 'text-wrap': 'wrap', 'text-max-width': '130px',
        shape: 'data(box)' as 'ellipse', width: 'data(size)', height: 'data(size)', 'background-color': 'data(fill)',
        'background-image': 'data(sign)', 'background-width': '60%', 'background-height': '60%',
        'border-width': 2, 'border-color': 'data(edge)', 'border-style': 'data(edgeStyle)' as 'solid',
        'outline-width': 'data(ringWidth)', 'outline-color': 'data(ring)', 'outline-style': 'data(ringStyle)' as 'solid', 'outline-offset': 3,
      },
    },
    {
      selector: 'edge',
      style: {
        ...shown,
        label: 'data(label)', 'font-size': 10, 'text-rotation': 'autorotate', 'curve-style': 'bezier', width: 1.5,
        'line-color': palette.line, 'line-style': 'data(line)' as 'solid', 'target-arrow-shape': 'data(arrow)' as 'triangle', 'target-arrow-color': palette.line,
        'text-max-width': '160px', 'text-wrap': 'ellipsis',
      },
    },
    { selector: 'node.dim, edge.dim', style: { opacity: 0.22 } },
    { selector: 'edge.lit', style: { 'line-color': palette.accent, 'target-arrow-color': palette.accent, width: 4 } },
    { selector: 'node.chosen', style: { 'underlay-color': palette.accent, 'underlay-opacity': 0.35, 'underlay-padding': 12 } },
    { selector: 'node.current', style: { 'overlay-color': palette.accent, 'overlay-opacity': 0.15, 'overlay-padding': 6 } },
  ]
}
