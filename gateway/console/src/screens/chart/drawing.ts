/* The drawing on the canvas: it has what it is told, a part in each frame, and touches only what is otherwise than before. */
import cytoscape from 'cytoscape'
import type { Core } from 'cytoscape'
import { letteringOf } from './lettering'
import { linesOf } from './lines'
import type { Spot } from './model'
import type { Palette } from './palette'
import { FARTHEST, NEAREST, framed, sightOf } from './sight'
import { lineData, lineOf, nodeData, rules } from './style'
import type { View } from './view'

export interface Scene {
  readonly view: View
  readonly sized: boolean
  readonly chosen: ReadonlySet<string>
  readonly current: string | null
  /** What is not dimmed; `null`: nothing is. Ids of records and links. */
  readonly lit: ReadonlySet<string> | null
}

export interface Drawing {
  readonly cy: Core
  readonly colour: (palette: Palette) => void
  readonly show: (scene: Scene) => void
  /** Where records are for now, until the next scene says where they stand. */
  readonly move: (spots: ReadonlyMap<string, Spot>) => void
  /** Brings these into the window, or all where none is named. */
  readonly fit: (ids: readonly string[]) => void
  readonly end: () => void
}

interface Piece {
  readonly id: string
  readonly data: Record<string, unknown>
  readonly classes: string
  readonly look: string
}

/** Milliseconds without a move of the window after which it is told anew which names are written. */
const REST = 120
/** Records and lines that one frame draws anew: more would keep it too long, fewer would draw all too often. */
const SLICE = 150

/** An empty drawing in `place`, which is busy while a part of what it was told is not yet drawn. */
export function drawingIn(place: HTMLElement): Drawing {
  const cy = cytoscape({
    container: place, style: [], minZoom: FARTHEST, maxZoom: NEAREST, selectionType: 'additive', boxSelectionEnabled: true, autounselectify: true,
  })
  const there = new Map<string, { readonly look: string; readonly classes: string }>()
  let scene: Scene | null = null
  let palette: Palette | null = null
  let spots = new Map<string, Spot>()
  let waiting: Piece[] = []
  let [stale, moved, frame, rest] = [false, false, 0, 0]

  const wake = () => {
    frame ||= requestAnimationFrame(turn)
  }
  const told = () => {
    stale = true
    place.setAttribute('aria-busy', 'true')
    wake()
  }
  const turn = () => {
    frame = 0
    if (stale) waiting = missing()
    stale = false
    const pieces = waiting.splice(0, SLICE)
    cy.batch(() => {
      for (const piece of pieces) if (there.has(piece.id)) renew(piece)
      cy.add(pieces.filter(({ id }) => !there.has(id)).map(elementOf))
      for (const { id, look, classes } of pieces) there.set(id, { look, classes })
      if (moved && !waiting.length) put()
    })
    if (waiting.length) wake()
    else place.removeAttribute('aria-busy')
  }
  /** What is not drawn as it is to be, records before lines; what is not to be at all is taken away. */
  const missing = (): Piece[] => {
    if (!scene || !palette) return []
    const wanted = piecesOf(scene, palette, spots, sightOf(cy.zoom(), cy.pan(), cy.width(), cy.height()))
    const ids = new Set(wanted.map(({ id }) => id))
    const gone = [...there.keys()].filter((id) => !ids.has(id))
    cy.batch(() => gone.forEach((id) => cy.getElementById(id).remove()))
    gone.forEach((id) => there.delete(id))
    return wanted.filter(({ id, look, classes }) => there.get(id)?.look !== look || there.get(id)?.classes !== classes)
  }
  const elementOf = ({ id, data, classes }: Piece) => {
    const spot = spots.get(id)
    return { data, classes, ...(spot ? { position: { ...spot } } : {}) }
  }
  const renew = ({ id, data, classes, look }: Piece) => {
    if (there.get(id)?.look !== look) cy.getElementById(id).data(data)
    if (there.get(id)?.classes !== classes) cy.getElementById(id).classes(classes)
  }
  const put = () => {
    moved = false
    cy.nodes().forEach((each) => {
      const [spot, { x, y }] = [spots.get(each.id()), each.position()]
      if (spot && !each.grabbed() && (spot.x !== x || spot.y !== y)) each.position({ ...spot })
    })
  }
  cy.on('viewport resize', () => {
    clearTimeout(rest)
    rest = window.setTimeout(told, REST)
  })
  const watch = new ResizeObserver(() => cy.resize())
  watch.observe(place)

  return {
    cy,
    colour: (colours) => {
      palette = colours
      cy.style(rules(colours))
      told()
    },
    show: (wanted) => {
      if (scene?.view !== wanted.view) {
        spots = new Map(wanted.view.nodes.map(({ id, x, y }) => [id, { x, y }]))
        moved = true
      }
      scene = wanted
      told()
    },
    move: (meanwhile) => {
      meanwhile.forEach((spot, id) => spots.has(id) && spots.set(id, spot))
      moved = true
      wake()
    },
    fit: (ids) => {
      const to = framed(ids.length ? ids.flatMap((id) => spots.get(id) ?? []) : [...spots.values()], cy.width(), cy.height())
      if (to) cy.viewport(to)
      told()
    },
    end: () => {
      cancelAnimationFrame(frame)
      clearTimeout(rest)
      watch.disconnect()
      cy.destroy()
    },
  }
}

function piecesOf({ view, sized, chosen, current, lit }: Scene, palette: Palette, spots: ReadonlyMap<string, Spot>, sight: ReturnType<typeof sightOf>): Piece[] {
  const lines = linesOf(view.links)
  const nodes = view.nodes.map((each) => ({ ...each, ...spots.get(each.id) }))
  const first = current === null ? chosen : new Set([...chosen, current])
  const lettering = letteringOf(nodes, lines, sight, first, sized)
  const wide = lineOf(nodes.length)
  const piece = (id: string, data: Record<string, unknown>, on: boolean, ...more: readonly (string | false)[]): Piece => {
    const classes = [...more, lit !== null && (on ? 'lit' : 'dim')].filter((each) => each !== false).join(' ')
    return { id, data, classes, look: JSON.stringify(data) }
  }
  return [
    ...nodes.map((each) =>
      piece(each.id, nodeData(each, palette, sized, lettering), Boolean(lit?.has(each.id)), chosen.has(each.id) && 'chosen', each.id === current && 'current'),
    ),
    ...lines.map((each) => piece(each.id, lineData(each, wide, lettering), each.links.some(({ of }) => of.some((link) => lit?.has(link))))),
  ]
}
