import { Link } from 'react-router'
import { addressOf, useRecent } from '../../api/recent'
import type { Recent } from '../../api/recent'
import { Button } from '../../parts/Button'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'

/** What was asked in this tab; one click fills it in, the next one asks. Elsewhere than at the search a link does. */
export function RecentSearches({ onChoose }: { onChoose?: (one: Recent) => void }) {
  const { t } = useTexts()
  const recent = useRecent()
  if (!recent.length) return null
  return (
    <section className="panel" aria-labelledby="recent">
      <h2 id="recent">{t('analyst.search.recent')}</h2>
      <p>{t('analyst.search.recentText')}</p>
      <ul className="bare actions">
        {recent.map((each) => (
          <li key={`${each.as} ${each.words}`}>
            {onChoose ? (
              <Button onClick={() => onChoose(each)}>
                <Said>{each.words}</Said>
              </Button>
            ) : (
              <Link className="button" to={addressOf(each)}>
                <Said>{each.words}</Said>
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
