import { Marks, NodeBadge } from '../../parts/Marks'
import { Time } from '../../parts/Time'
import { Records } from '../histories/lines'

export interface Claimed {
  readonly handles: readonly string[]
  readonly owners: readonly string[]
  readonly handling: readonly string[]
  readonly dates: readonly string[]
}

/** Whose records say so, under which handling codes, and of when they are. */
export function By({ claimed: { handles, owners, handling, dates } }: { claimed: Claimed }) {
  return (
    <small className="by">
      {owners.map((each) => (
        <NodeBadge key={each} node={each} />
      ))}{' '}
      <Marks handling={handling} />{' '}
      {dates.map((each) => (
        <span key={each}>
          <Time at={each} />{' '}
        </span>
      ))}
      <Records handles={handles} />
    </small>
  )
}
