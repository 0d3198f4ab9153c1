/* The chart as an SVG text of its own: vectors for print, and what the PNG is drawn from. All text is escaped. */
import { pathOf } from './kinds'
import { shortened } from './lettering'
import { labelOfLine, linesOf } from './lines'
import type { Palette } from './palette'
import type { ShownLink, ShownNode, View } from './view'

const SIZE = 40
const MARGIN = 90
const LINE = 22

/** Text that cannot become markup, an attribute's end, or a character that XML forbids. */
export function escaped(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '�') // eslint-disable-line no-control-regex -- XML forbids these
    .replace(/[&<>"']/g, (sign) => signs[sign] ?? '')
}

const number = (value: number) => (Math.round(value * 10) / 10).toString()

/** The picture with lines of words above and below; `width` and `height` are of the whole. */
export function svgOf(
  view: View,
  palette: Palette,
  words: { readonly above: readonly string[]; readonly below: readonly string[] },
): { readonly text: string; readonly width: number; readonly height: number } {
  const xs = view.nodes.map(({ x }) => x)
  const ys = view.nodes.map(({ y }) => y)
  const left = Math.min(0, ...xs) - MARGIN
  const top = Math.min(0, ...ys) - MARGIN - words.above.length * LINE
  const width = Math.max(480, Math.max(0, ...xs) + MARGIN - left)
  const height = Math.max(0, ...ys) + MARGIN + words.below.length * LINE - top
  const at = new Map(view.nodes.map((each) => [each.id, each]))
  const lines = linesOf(view.links).flatMap(({ links }) => {
    const [from, to] = [at.get(links[0]?.source ?? ''), at.get(links[0]?.target ?? '')]
    return from && to ? [line(from, to, links, palette)] : []
  })
  const told = [
    ...words.above.map((each, place) => row(left + 16, top + (place + 1) * LINE, each, palette.text, place === 0 ? 16 : 12)),
    ...words.below.map((each, place) =>
      row(left + 16, top + height - (words.below.length - place - 0.5) * LINE, each, palette.faint, 11),
    ),
  ]
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width)}" height="${number(height)}"`,
    ` viewBox="${[left, top, width, height].map(number).join(' ')}" font-family="system-ui, sans-serif">`,
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">`,
    `<path d="M0 0 8 4 0 8Z" fill="${escaped(palette.line)}"/></marker></defs>`,
    `<rect x="${number(left)}" y="${number(top)}" width="${number(width)}" height="${number(height)}" fill="${escaped(palette.ground)}"/>`,
    ...lines,
    ...view.nodes.map((each) => node(each, palette)),
    ...told,
    '</svg>',
  ].join('\n')
  return { text, width, height }
}

function row(x: number, y: number, words: string, colour: string, size: number): string {
  return `<text x="${number(x)}" y="${number(y)}" font-size="${size}" fill="${escaped(colour)}">${escaped(words)}</text>`
}

function line(from: ShownNode, to: ShownNode, links: readonly ShownLink[], palette: Palette): string {
  const dashed = links.every((each) => each.dashed)
  const [forth, back] = [from.id, to.id].map((end) => links.some(({ source, directed }) => directed && source === end))
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length]
  const edge = SIZE / 2 + 8
  const ends = [from.x + dx * edge, from.y + dy * edge, to.x - dx * edge, to.y - dy * edge].map(number)
  const [x1, y1, x2, y2] = ends
  return [
    `<line x1="${x1 ?? ''}" y1="${y1 ?? ''}" x2="${x2 ?? ''}" y2="${y2 ?? ''}" stroke="${escaped(palette.line)}" stroke-width="1.5"`,
    `${dashed ? ' stroke-dasharray="6 4"' : ''}${forth ? ' marker-end="url(#arrow)"' : ''}${back ? ' marker-start="url(#arrow)"' : ''}/>`,
    `<text x="${number((from.x + to.x) / 2)}" y="${number((from.y + to.y) / 2 - 4)}" font-size="10" text-anchor="middle"`,
    ` fill="${escaped(palette.faint)}">${escaped(shortened(labelOfLine(links)))}</text>`,
  ].join('')
}

const DASHES: Record<string, string> = { dashed: ' stroke-dasharray="6 4"', solid: '', double: '' }

function node(each: ShownNode, palette: Palette): string {
  const stub = each.state !== 'shown' && each.state !== 'bundle'
  const ring = palette.owner(each.node)
  const colour = palette.family[each.family]
  const circle = (radius: number, attributes: string) =>
    `<circle cx="${number(each.x)}" cy="${number(each.y)}" r="${number(radius)}" ${attributes}/>`
  const outer = `fill="none" stroke="${escaped(ring.colour)}" stroke-width="${ring.style === 'double' ? 1.5 : 3}"${DASHES[ring.style] ?? ''}`
  return [
    circle(SIZE / 2, `fill="${escaped(stub ? palette.ground : colour)}" stroke="${escaped(stub ? palette.bad : colour)}"${stub ? ' stroke-dasharray="4 3"' : ''}`),
    circle(SIZE / 2 + 4.5, outer),
    ring.style === 'double' ? circle(SIZE / 2 + 8, outer) : '',
    stub
      ? ''
      : `<path transform="translate(${number(each.x - 12)} ${number(each.y - 12)}) scale(1.2)" d="${pathOf(each.sign)}" fill="none" stroke="${escaped(palette.sign)}" stroke-width="1.5"/>`,
    `<text x="${number(each.x)}" y="${number(each.y + SIZE / 2 + 22)}" font-size="12" text-anchor="middle" fill="${escaped(palette.text)}">${escaped(shortened(each.label))}</text>`,
  ].join('')
}

/** A PNG of the SVG, three times as large; smaller where a canvas cannot be that large. */
export async function pngOf(svg: { text: string; width: number; height: number }, scale = 3): Promise<Blob> {
  const fitted = Math.min(scale, 16000 / svg.width, 16000 / svg.height)
  const image = new Image(svg.width, svg.height)
  image.src = `data:image/svg+xml;utf8,${encodeURIComponent(svg.text)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(svg.width * fitted)
  canvas.height = Math.round(svg.height * fitted)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => {
      if (blob) resolve(blob)
      else reject(new Error('the picture cannot be written'))
    }, 'image/png'),
  )
}
