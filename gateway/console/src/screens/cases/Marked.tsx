import { Marks } from '../../parts/Marks'
import type { HighWater } from './shared'

/** A high-water mark: handling codes, 4x4 and TLP of what is the strictest in it. */
export function Marked({ mark }: { mark: HighWater | null | undefined }) {
  if (!mark) return null
  const { handling, evaluation, tlp } = mark
  return <Marks handling={handling} source={evaluation.slice(0, 1)} information={evaluation.slice(1)} tlp={tlp} />
}
