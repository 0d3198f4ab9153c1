import { Said } from '../../parts/Said'
import { sayMoments } from '../../parts/zoned'
import { useTexts } from '../../shell/texts'

const LONGEST = 4_000

/** A grant in the node's own words; the whole of it, for it names every restriction. */
export function Sentence({ children }: { children: string }) {
  const { language } = useTexts()
  return (
    <blockquote className="sentence">
      <Said longest={LONGEST}>{sayMoments(children, language)}</Said>
    </blockquote>
  )
}
