import { silent } from '../../api/picture'
import { useTexts } from '../../shell/texts'
import type { Question } from './useQuestion'

/** How many have answered; told to screen readers as it changes. */
export function Progress({ question: { wanted, picture, waiting, left } }: { question: Question }) {
  const { t } = useTexts()
  const all = new Set([...(picture?.nodes.map(({ node }) => node) ?? []), ...waiting, ...left])
  const quiet = silent(picture?.nodes ?? []).filter(({ node }) => !waiting.includes(node) && !left.includes(node)).length
  const heard = all.size - waiting.length - left.length - quiet
  return (
    <p role="status" className="loading">
      {wanted && all.size ? t(waiting.length ? 'analyst.search.asking' : 'analyst.search.heard', { heard, all: all.size }) : ''}
    </p>
  )
}
