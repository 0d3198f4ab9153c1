import type { Recent } from '../../api/recent'
import { Button } from '../../parts/Button'
import { Said } from '../../parts/Said'
import { useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'
import { detect } from './detect'

/** Something to try, where the node offers any: a demo does. One click fills it in, the next one asks. */
export function Examples({ onChoose }: { onChoose: (one: Recent) => void }) {
  const { t } = useTexts()
  const { examples } = useDemo()
  if (!examples.length) return null
  return (
    <section className="panel" aria-labelledby="examples">
      <h2 id="examples">{t('analyst.examples.title')}</h2>
      <ul className="bare actions">
        {examples.map((words) => (
          <li key={words}>
            <Button onClick={() => onChoose({ words, as: detect(words) })}>
              <Said>{words}</Said>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
