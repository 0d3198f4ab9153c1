import type { ElementDefinition, StylesheetJson } from 'cytoscape'
import { SMALL, shortened } from './lettering'
import type { Lettering } from './lettering'
import { labelOfLine } from './lines'
import type { Line } from './lines'
import { hatched, picture } from './palette'
import type { Palette } from './palette'
import type { ShownNode } from './view'

const STUBS = new Set(['unasked', 'withdrawn', 'silent'])

/** A record's data for the canvas; everything that differs between records is here, the rest in the rules. */
export function nodeData(node: ShownNode, palette: Palette, sized: boolean, lettering: Lettering): Record<string, unknown> {
  const letters = lettering.large.has(node.id) ? lettering.size : SMALL
  const stub = STUBS.has(node.state)
  const ring = palette.owner(node.node)
  return {
    id: node.id,
    letters,
    room: letters > SMALL ? '9999px' : '136px',
    label: `${node.fresh ? '★ ' : ''}${node.noted ? '✎ ' : ''}${shortened(node.label)}`,
    fresh: node.fresh ? 'yes' : 'no',
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

export function lineData({ id, links }: Line, wide: number): Record<string, unknown> {
  const [first] = links
  const arrow = (forth: boolean) => (links.some(({ source, directed }) => directed && (source === first?.source) === forth) ? 'triangle' : 'none')
  return {
    id, wide: links.some(({ fresh }) => fresh) ? 1.6 * wide : wide, source: first?.source, target: first?.target, label: labelOfLine(links),
    line: links.every(({ dashed }) => dashed) ? 'dashed' : 'solid', arrow: arrow(true), back: arrow(false),
  }
}

export function elementOf(data: Record<string, unknown>, position?: { x: number; y: number }): ElementDefinition {
  return position ? { data, position: { ...position } } : { data }
}

export function rules(palette: Palette): StylesheetJson {
  const text = { color: palette.text, 'font-family': 'system-ui, sans-serif', 'text-background-color': palette.ground }
  const shown = { ...text, 'text-background-opacity': 0.85, 'text-background-padding': '2px', 'min-zoomed-font-size': 8 }
  return [
    {
      selector: 'node',
      style: {
        ...shown,
        label: 'data(label)', 'font-size': 'data(letters)' as unknown as number, 'text-valign': 'bottom', 'text-margin-y': 8, 'text-wrap': 'wrap', 'text-max-width': 'data(room)',
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
        label: 'data(label)', 'font-size': 11, 'min-zoomed-font-size': 8, 'text-rotation': 'autorotate', 'curve-style': 'straight', width: 'data(wide)' as unknown as number,
        'line-color': palette.line, 'line-style': 'data(line)' as 'solid', 'target-arrow-shape': 'data(arrow)' as 'triangle', 'target-arrow-color': palette.line,
        'source-arrow-shape': 'data(back)' as 'triangle', 'source-arrow-color': palette.line,
        'text-max-width': '160px', 'text-wrap': 'ellipsis',
      },
    },
    { selector: 'edge[line = "dashed"]', style: { label: '' } },
    { selector: 'edge.near', style: { label: 'data(label)' } },
    { selector: 'node.dim, edge.dim', style: { opacity: 0.22 } },
    { selector: 'edge.lit', style: { 'line-color': palette.accent, 'target-arrow-color': palette.accent, 'source-arrow-color': palette.accent, width: 4 } },
    // A square behind what is new, a round one behind what is chosen: shapes, not colours alone.
    { selector: 'node[fresh = "yes"]', style: { 'underlay-color': palette.accent, 'underlay-opacity': 0.18, 'underlay-padding': 10, 'underlay-shape': 'round-rectangle' } },
    { selector: 'node.chosen', style: { 'underlay-shape': 'ellipse', 'underlay-color': palette.accent, 'underlay-opacity': 0.35, 'underlay-padding': 12 } },
    { selector: 'node.current', style: { 'overlay-color': palette.accent, 'overlay-opacity': 0.15, 'overlay-padding': 6 } },
  ]
}
