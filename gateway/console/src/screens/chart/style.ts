import type { StylesheetJson } from 'cytoscape'
import { BELOW, NAMES, WORDS, rowsOf, widthOf } from './lettering'
import type { Lettering } from './lettering'
import type { Line } from './lines'
import { hatched, picture } from './palette'
import type { Palette } from './palette'
import type { ShownNode } from './view'

const STUBS = new Set(['unasked', 'withdrawn', 'silent'])

/** A record's data for the canvas; everything that differs between records is here, the rest in the rules. */
export function nodeData(node: ShownNode, palette: Palette, sized: boolean, { size, names }: Lettering): Record<string, unknown> {
  const named = names.has(node.id)
  const stub = STUBS.has(node.state)
  const ring = palette.owner(node.node)
  return {
    id: node.id,
    letters: named ? size : NAMES,
    label: named ? rowsOf(node).join('\n') : '',
    fresh: node.fresh ? 'yes' : 'no',
    fill: stub ? palette.ground : palette.family[node.family],
    sign: stub ? hatched(node.state === 'withdrawn' ? palette.bad : palette.faint) : picture(node.sign, palette.sign),
    ring: ring.colour,
    ringStyle: ring.style,
    ringWidth: ring.style === 'double' ? 5 : 3,
    edge: node.pinned ? palette.text : palette.family[node.family],
    edgeStyle: node.state === 'withdrawn' ? 'dashed' : 'solid',
    box: node.state === 'bundle' ? 'round-rectangle' : 'ellipse',
    size: widthOf(node, sized),
  }
}

export function lineData({ id, ends: [source, target], links }: Line, wide: number, { words }: Lettering): Record<string, unknown> {
  const arrow = (from: string) => (links.some((each) => each.directed && each.source === from) ? 'triangle' : 'none')
  return {
    id, source, target, label: words.get(id) ?? '', wide: links.some(({ fresh }) => fresh) ? 1.6 * wide : wide,
    line: links.every(({ dashed }) => dashed) ? 'dashed' : 'solid', arrow: arrow(source), back: arrow(target),
  }
}

/** Width of a line between two records: by how many there are, so that lines are seen from afar. */
export function lineOf(records: number): number {
  return records <= 80 ? 1.5 : Math.min(8, Math.max(2, Math.round(0.3 * Math.sqrt(records))))
}

export function rules(palette: Palette): StylesheetJson {
  const shown = {
    label: 'data(label)', color: palette.text, 'font-family': 'system-ui, sans-serif', 'text-wrap': 'wrap', 'text-max-width': '9999px',
    'text-background-color': palette.ground, 'text-background-opacity': 0.85, 'text-background-padding': '2px', 'min-zoomed-font-size': 7,
  } as const
  return [
    {
      selector: 'node',
      style: {
        ...shown, 'font-size': 'data(letters)' as unknown as number, 'text-valign': 'bottom', 'text-margin-y': BELOW,
        shape: 'data(box)' as 'ellipse', width: 'data(size)', height: 'data(size)', 'background-color': 'data(fill)',
        'background-image': 'data(sign)', 'background-width': '60%', 'background-height': '60%',
        'border-width': 2, 'border-color': 'data(edge)', 'border-style': 'data(edgeStyle)' as 'solid',
        'outline-width': 'data(ringWidth)', 'outline-color': 'data(ring)', 'outline-style': 'data(ringStyle)' as 'solid', 'outline-offset': 3,
      },
    },
    {
      selector: 'edge',
      style: {
        ...shown, 'font-size': WORDS, 'text-rotation': 'autorotate', 'curve-style': 'straight', width: 'data(wide)' as unknown as number,
        'line-color': palette.line, 'line-style': 'data(line)' as 'solid', 'target-arrow-shape': 'data(arrow)' as 'triangle', 'target-arrow-color': palette.line,
        'source-arrow-shape': 'data(back)' as 'triangle', 'source-arrow-color': palette.line,
      },
    },
    { selector: 'node.dim, edge.dim', style: { opacity: 0.22 } },
    { selector: 'edge.lit', style: { 'line-color': palette.accent, 'target-arrow-color': palette.accent, 'source-arrow-color': palette.accent, width: 4 } },
    // A square behind what is new, a round one behind what is chosen: shapes, not colours alone.
    { selector: 'node[fresh = "yes"]', style: { 'underlay-color': palette.accent, 'underlay-opacity': 0.18, 'underlay-padding': 10, 'underlay-shape': 'round-rectangle' } },
    { selector: 'node.chosen', style: { 'underlay-shape': 'ellipse', 'underlay-color': palette.accent, 'underlay-opacity': 0.35, 'underlay-padding': 12 } },
    { selector: 'node.current', style: { 'overlay-color': palette.accent, 'overlay-opacity': 0.15, 'overlay-padding': 6 } },
  ]
}
