import { useTexts } from '../shell/texts'

/** The two letters of a node's country, as its id begins; letters and ring, never a flag. */
export function NodeBadge({ node }: { node: string }) {
  const letters = node.slice(0, 2).toUpperCase()
  return (
    <span className={`badge node-${letters.toLowerCase()}`} title={node}>
      {letters}
    </span>
  )
}

/** Handling codes and 4x4 evaluation of a record; the title spells them out. */
export function Marks({
  handling,
  source,
  information,
  tlp,
}: {
  handling: readonly string[]
  source?: string
  information?: string
  tlp?: string
}) {
  const { code } = useTexts()
  const level = information?.replace(/^N/, '') ?? ''
  return (
    <span className="marks">
      {handling.map((each) => (
        <abbr key={each} className={`badge handling ${each.toLowerCase()}`} title={code('handling', each)}>
          {each}
        </abbr>
      ))}
      {source ? (
        <abbr className="badge" title={`${code('source', source)}; ${code('information', level)}`}>
          {source}
          {level}
        </abbr>
      ) : null}
      {tlp ? <span className="badge">TLP:{tlp}</span> : null}
    </span>
  )
}
