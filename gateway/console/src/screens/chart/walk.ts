import type { ShownNode, View } from './view'

/** A link as it is walked from one record: where it leads, and in which direction it says what it says. */
export interface Way {
  readonly link: string
  readonly to: ShownNode
  readonly label: string
  readonly outward: boolean
}

/** The links of a record in a stable order, by what they say and whither they lead. */
export function waysFrom(view: View, id: string): readonly Way[] {
  const at = new Map(view.nodes.map((each) => [each.id, each]))
  return view.links
    .flatMap(({ id: link, source, target, label }) => {
      const to = at.get(source === id ? target : source)
      return to && (source === id || target === id) ? [{ link, to, label, outward: source === id }] : []
    })
    .sort((one, other) => one.label.localeCompare(other.label) || one.to.label.localeCompare(other.to.label) || one.link.localeCompare(other.link))
}
