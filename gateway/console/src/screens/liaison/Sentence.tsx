import { Said } from '../../parts/Said'

const LONGEST = 4_000

/** A grant in the node's own words; the whole of it, for it names every restriction. */
export function Sentence({ children }: { children: string }) {
  return (
    <blockquote className="sentence">
      <Said longest={LONGEST}>{children}</Said>
    </blockquote>
  )
}
