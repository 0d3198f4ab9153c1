import cytoscape from 'cytoscape'
import type { Core, ElementDefinition } from 'cytoscape'
import { useEffect, useRef } from 'react'
import { letteringOf } from './lettering'
import { linesOf } from './lines'
import type { Spot } from './model'
import { usePalette } from './palette'
import { elementOf, lineData, nodeData, rules } from './style'
import type { LayoutBeside } from './useLayout'
import type { View } from './view'

/** What a person can do with the picture; the table does the same with other means. */
export interface CanvasProps {
  readonly view: View
  readonly sized: boolean
  readonly chosen: ReadonlySet<string>
  readonly current: string | null
  /** What is not dimmed; `null`: nothing is. Ids of records and links. */
  readonly lit: ReadonlySet<string> | null
  /** Is told where a layout that is under way has them; that is drawn only. */
  readonly onMove: LayoutBeside['onMove']
  /** Changes when the whole picture, or these records, are to be fitted into the window; at first they are. */
  readonly fit: { readonly turn: number; readonly ids: readonly string[] }
  readonly onChoose: (ids: readonly string[], more: boolean) => void
  readonly onDrag: (spots: ReadonlyMap<string, Spot>) => void
  readonly onOpen: (id: string) => void
}

/** The chart on a plain canvas. It draws what it is told and moves nothing by itself. */
export function Canvas(props: CanvasProps) {
  const { view, sized, chosen, current, lit, onMove, fit } = props
  const palette = usePalette()
  const place = useRef<HTMLDivElement>(null)
  const drawing = useRef<Core | null>(null)
  const told = useRef(props)
  /** What each thing looked like when it was drawn last: styling anew what is as it was costs most of the time. */
  const looks = useRef(new Map<string, string>())
  useEffect(() => {
    told.current = props
  })

  useEffect(() => {
    const cy = cytoscape({
      container: place.current,
      style: [],
      minZoom: 0.08,
      maxZoom: 4,
      selectionType: 'additive',
      boxSelectionEnabled: true,
      autounselectify: true,
    })
    drawing.current = cy
    cy.on('tap', 'node', ({ target, originalEvent }) =>
      told.current.onChoose([(target as cytoscape.NodeSingular).id()], originalEvent.shiftKey || originalEvent.ctrlKey),
    )
    cy.on('tap', ({ target }) => {
      if (target === cy) told.current.onChoose([], false)
    })
    cy.on('dbltap', 'node', ({ target }) => told.current.onOpen((target as cytoscape.NodeSingular).id()))
    const boxed = new Set<string>()
    cy.on('box', 'node', ({ target }) => boxed.add((target as cytoscape.NodeSingular).id()))
    cy.on('boxend', () =>
      setTimeout(() => {
        if (boxed.size) told.current.onChoose([...boxed], true)
        boxed.clear()
      }),
    )
    cy.on('dragfree', 'node', ({ target }) => {
      const { x, y } = (target as cytoscape.NodeSingular).position()
      told.current.onDrag(new Map([[(target as cytoscape.NodeSingular).id(), { x, y }]]))
    })
    const watch = new ResizeObserver(() => cy.resize())
    if (place.current) watch.observe(place.current)
    return () => {
      watch.disconnect()
      cy.destroy()
      drawing.current = null
    }
  }, [])

  useEffect(() => {
    drawing.current?.style(rules(palette))
  }, [palette])

  useEffect(() => {
    const cy = drawing.current
    if (!cy) return
    const lines = linesOf(view.links)
    const lettering = letteringOf(view.nodes)
    const wanted = new Set([...view.nodes, ...lines].map(({ id }) => id))
    const drawn = (id: string, data: Record<string, unknown>) => {
      const look = JSON.stringify(data)
      const same = looks.current.get(id) === look
      looks.current.set(id, look)
      return same
    }
    const fresh: ElementDefinition[] = []
    cy.batch(() => {
      cy.elements().filter((each) => !wanted.has(each.id())).remove()
      for (const node of view.nodes) {
        const data = nodeData(node, palette, sized, lettering)
        const there = cy.getElementById(node.id)
        const same = drawn(node.id, data)
        if (there.empty()) fresh.push(elementOf(data, node))
        else {
          if (!same) there.data(data)
          const { x, y } = there.position()
          if (x !== node.x || y !== node.y) there.position({ x: node.x, y: node.y })
        }
      }
      for (const line of lines) {
        const there = cy.getElementById(line.id)
        const data = lineData(line, lettering.line)
        const same = drawn(line.id, data)
        if (there.empty()) fresh.push(elementOf(data))
        else if (!same) there.data(data)
      }
      cy.add(fresh)
    })
  }, [view, palette, sized])

  useEffect(
    () => onMove((spots) => drawing.current?.batch(() => spots.forEach((spot, id) => drawing.current?.getElementById(id).position({ ...spot })))),
    [onMove],
  )

  useEffect(() => {
    const cy = drawing.current
    cy?.batch(() => {
      cy.nodes().forEach((each) => {
        each.toggleClass('chosen', chosen.has(each.id())).toggleClass('current', each.id() === current)
      })
      cy.edges().forEach((each) => {
        each.toggleClass('near', chosen.has(each.source().id()) || chosen.has(each.target().id()))
      })
      const on = lit && new Set([...lit, ...linesOf(view.links.filter(({ of }) => of.some((each) => lit.has(each)))).map(({ id }) => id)])
      cy.elements().forEach((each) => {
        each.toggleClass('dim', on !== null && !on.has(each.id())).toggleClass('lit', Boolean(on?.has(each.id())))
      })
    })
  }, [view, chosen, current, lit])

  useEffect(() => {
    const cy = drawing.current
    if (!cy) return
    const wanted = fit.ids.length ? cy.nodes().filter((each) => fit.ids.includes(each.id())) : cy.elements()
    cy.fit(wanted, 50)
    if (cy.zoom() > 1.4) {
      cy.zoom(1.4)
      cy.center(wanted)
    }
  }, [fit])

  return <div className="chart-canvas" ref={place} />
}
