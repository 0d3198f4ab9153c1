import { useCallback, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { useTexts } from '../../shell/texts'
import type { Chosen } from './useChosen'
import type { View } from './view'
import { waysFrom } from './walk'

interface Walk {
  /** What a screen reader is told. */
  readonly said: string
  /** The record at the end of the link that the arrow keys are on. */
  readonly ahead: string | null
  readonly onKey: (event: KeyboardEvent) => void
}

/** Arrow keys go round the links of the chosen record, Enter follows one, Backspace goes back. */
export function useWalk(view: View, chosen: Chosen): Walk {
  const { t, code } = useTexts()
  const { current, choose } = chosen
  const [at, setAt] = useState<{ from: string | null; way: number }>({ from: null, way: -1 })
  const [trail, setTrail] = useState<readonly string[]>([])
  const [said, say] = useState('')
  const ways = current ? waysFrom(view, current) : []
  const way = at.from === current ? at.way : -1
  const tell = useCallback(
    (id: string) => {
      const node = view.nodes.find((each) => each.id === id)
      if (node) say(t('chart.walk.at', { name: node.label, what: code('schema', node.schema), node: node.node, count: node.links }))
    },
    [view, t, code],
  )
  const go = (id: string) => {
    choose([id])
    setAt({ from: id, way: -1 })
    tell(id)
  }
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (step) {
      event.preventDefault()
      const first = view.nodes[0]
      if (!current) {
        if (first) go(first.id)
        return
      }
      if (!ways.length) {
        say(t('chart.walk.none'))
        return
      }
      const next = way < 0 ? (step > 0 ? 0 : ways.length - 1) : (way + step + ways.length) % ways.length
      const to = ways[next]
      setAt({ from: current, way: next })
      if (to)
        say(
          t(to.outward ? 'chart.walk.out' : 'chart.walk.in', {
            link: to.label, name: to.to.label, what: code('schema', to.to.schema), node: to.to.node, at: next + 1, of: ways.length,
          }),
        )
    } else if (event.key === 'Enter' && current && ways[way]) {
      event.preventDefault()
      setTrail([...trail, current])
      go(ways[way].to.id)
    } else if (event.key === 'Backspace') {
      event.preventDefault()
      const back = trail.at(-1)
      setTrail(trail.slice(0, -1))
      if (back) go(back)
    } else if (event.key === 'Escape') choose([])
  }
  return { said, ahead: way >= 0 ? (ways[way]?.to.id ?? null) : null, onKey }
}
