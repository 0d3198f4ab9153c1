export interface Named {
  readonly node: string
  readonly person: string
}

/** The members that lines of `node/pseudonym` name; `wrong` is the first line that is not of that form. */
export function named(text: string): { members: readonly Named[]; wrong: string | null } {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean)
  const members: Named[] = []
  for (const line of lines) {
    const [, node, person] = /^([^\s/]+)\/([^\s/]+)$/.exec(line) ?? []
    if (!node || !person) return { members, wrong: line }
    members.push({ node, person })
  }
  return { members, wrong: null }
}

/** A member as they tell it to others. */
export function told({ node, person }: Named): string {
  return `${node}/${person}`
}
