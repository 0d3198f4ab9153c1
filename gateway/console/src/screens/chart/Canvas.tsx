import type { NodeSingular } from 'cytoscape'
import { useEffect, useRef } from 'react'
import { drawingIn } from './drawing'
import type { Drawing, Scene } from './drawing'
import type { Spot } from './model'
import { usePalette } from './palette'
import type { LayoutBeside } from './useLayout'

/** What a person can do with the picture; the table does the same with other means. */
export interface CanvasProps extends Scene {
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
  const drawing = useRef<Drawing | null>(null)
  const told = useRef(props)
  useEffect(() => {
    told.current = props
  })

  useEffect(() => {
    if (!place.current) return
    const begun = drawingIn(place.current)
    drawing.current = begun
    const { cy } = begun
    cy.on('tap', 'node', ({ target, originalEvent }) =>
      told.current.onChoose([(target as NodeSingular).id()], originalEvent.shiftKey || originalEvent.ctrlKey),
    )
    cy.on('tap', ({ target }) => {
      if (target === cy) told.current.onChoose([], false)
    })
    cy.on('dbltap', 'node', ({ target }) => told.current.onOpen((target as NodeSingular).id()))
    const boxed = new Set<string>()
    cy.on('box', 'node', ({ target }) => boxed.add((target as NodeSingular).id()))
    cy.on('boxend', () =>
      setTimeout(() => {
        if (boxed.size) told.current.onChoose([...boxed], true)
        boxed.clear()
      }),
    )
    cy.on('dragfree', 'node', ({ target }) => {
      const { x, y } = (target as NodeSingular).position()
      told.current.onDrag(new Map([[(target as NodeSingular).id(), { x, y }]]))
    })
    return () => {
      begun.end()
      drawing.current = null
    }
  }, [])

  useEffect(() => drawing.current?.colour(palette), [palette])
  useEffect(() => drawing.current?.show({ view, sized, chosen, current, lit }), [view, sized, chosen, current, lit])
  useEffect(() => onMove((spots) => drawing.current?.move(spots)), [onMove])
  useEffect(() => drawing.current?.fit(fit.ids), [fit])

  return <div className="chart-canvas" ref={place} />
}
