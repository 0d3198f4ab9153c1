import { usePerson } from '../../api/session'
import { Notice } from '../../parts/Notice'
import { useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

interface Step {
  readonly text: `shared.tour.step${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`
  readonly node: string
  readonly hint: string
  readonly path: string
}

/** The demo's case in eight steps; the people are those of the demo's sign-in page. */
const STEPS: readonly Step[] = [
  { text: 'shared.tour.step1', node: 'fr.ofast', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { text: 'shared.tour.step2', node: 'fr.ofast', hint: 'fr-7c1e04', path: '/chart' },
  { text: 'shared.tour.step3', node: 'fr.ofast', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { text: 'shared.tour.step4', node: 'se.polisen', hint: 'se-83fe0c', path: '/' },
  { text: 'shared.tour.step5', node: 'fr.ofast', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { text: 'shared.tour.step6', node: 'se.polisen', hint: 'se-19ab52', path: '/alerts' },
  { text: 'shared.tour.step7', node: 'se.polisen', hint: 'se-83fe0c', path: '/grants' },
  { text: 'shared.tour.step8', node: 'fr.ofast', hint: 'fr-6b20d5', path: '/' },
]

/** The guided tour: each step says whose it is, and leads there. */
export default function Tour() {
  const { t, code } = useTexts()
  const options = useDemo()
  const person = usePerson()
  useTitle(t('shared.menu.tour'))
  return (
    <>
      <h1>{t('shared.tour.title')}</h1>
      {options.demo ? null : <Notice tone="warning">{t('shared.tour.only')}</Notice>}
      <p className="prose">{t('shared.tour.lead')}</p>
      <ol className="steps">
        {STEPS.map(({ text, node, hint, path }) => {
          const somebody = options.people.find((each) => each.hint === hint)
          const address = options.nodes.find((each) => each.id === node)?.address ?? ''
          const already = somebody && somebody.name === person.name && node === options.node
          return (
            <li key={text} className="card">
              <p>{t(text)}</p>
              <p className="actions">
                <a
                  className="button"
                  href={already ? path : `${address}/auth/login?next=${encodeURIComponent(path)}&hint=${encodeURIComponent(hint)}`}
                >
                  {t('shared.tour.go')}
                </a>
                <small>
                  {somebody
                    ? t('shared.tour.be', { name: somebody.name, role: somebody.roles.map((role) => code('role', role)).join(', '), node })
                    : t('shared.tour.there', { node })}
                </small>
              </p>
            </li>
          )
        })}
      </ol>
    </>
  )
}
