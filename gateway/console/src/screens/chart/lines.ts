import type { ShownLink } from './view'

/** All links between two records as one line: two labels at most, and how many more there are. */
export interface Line {
  readonly id: string
  readonly ends: readonly [string, string]
  readonly links: readonly ShownLink[]
}

/** One line for each pair; a chart with a line for each link of a pair cannot be read. */
export function linesOf(links: readonly ShownLink[]): readonly Line[] {
  const of = new Map<string, { id: string; ends: readonly [string, string]; links: ShownLink[] }>()
  for (const each of links) {
    const ends = each.source < each.target ? ([each.source, each.target] as const) : ([each.target, each.source] as const)
    const id = `line:${ends.join(' ')}`
    const line = of.get(id)
    if (line) line.links.push(each)
    else of.set(id, { id, ends, links: [each] })
  }
  return [...of.values()]
}

/** What a line says: links that a record makes first, then what rests on an identifier alone. */
export function labelOfLine(links: readonly ShownLink[]): string {
  const of = (dashed: boolean) => links.filter((each) => each.dashed === dashed).map(({ label }) => label)
  const said = [...new Set([...of(false), ...of(true)].filter(Boolean))]
  return said.length > 2 ? `${said.slice(0, 2).join(' · ')} +${said.length - 2}` : said.join(' · ')
}
