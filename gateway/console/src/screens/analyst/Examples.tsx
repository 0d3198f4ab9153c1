import type { Recent } from '../../api/recent'
import { Button } from '../../parts/Button'
import { Said } from '../../parts/Said'
import { useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'

/** What the demo's case begins with: a container, a telephone, a name. */
const EXAMPLES: readonly Recent[] = [
  { words: 'XQZU 418026-6', as: 'identifier' },
  { words: '+46 70-174 06 42', as: 'identifier' },
  { words: 'Voroshnin', as: 'name' },
]

/** Something to try, in a demo only; one click fills it in, the next one asks. */
export function Examples({ onChoose }: { onChoose: (one: Recent) => void }) {
  const { t } = useTexts()
  if (!useDemo().demo) return null
  return (
    <section className="panel" aria-labelledby="examples">
      <h2 id="examples">{t('analyst.examples.title')}</h2>
      <ul className="bare actions">
        {EXAMPLES.map((each) => (
          <li key={each.words}>
            <Button onClick={() => onChoose(each)}>
              <Said>{each.words}</Said>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
