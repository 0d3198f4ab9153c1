import { Link } from 'react-router'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

interface Span {
  readonly earliest: string
  readonly latest: string
}

/** A moment, or the two between which it lies; of a stay its beginning and its end. */
export function When({ begin, end }: { begin: Span | null; end: Span | null }) {
  const { t } = useTexts()
  const last = end && end.latest !== begin?.latest ? end.latest : begin?.latest
  return (
    <>
      <Time at={begin?.earliest} />
      {last && last !== begin?.earliest ? (
        <>
          {' '}
          {t('histories.until')} <Time at={last} />
        </>
      ) : null}
    </>
  )
}

export function ToRecord({ handle }: { handle: string }) {
  return (
    <Link to={`/record/${encodeURIComponent(handle)}`}>
      <Said>{handle}</Said>
    </Link>
  )
}

/** Records, each a link. */
export function Records({ handles }: { handles: readonly string[] }) {
  return handles.map((handle) => (
    <span key={handle}>
      <ToRecord handle={handle} />{' '}
    </span>
  ))
}

/** Records that are no finding, and why. */
export function Left({ handles, why }: { handles: readonly string[]; why: string }) {
  const { t } = useTexts()
  if (!handles.length) return null
  return (
    <p>
      {why}
      {t('shell.colon')} <Records handles={handles} />
    </p>
  )
}
