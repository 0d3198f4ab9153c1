import { usePerson } from '../../api/session'
import { Notice } from '../../parts/Notice'
import { signInAs, useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

interface Step {
  readonly text: `shared.tour.step${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`
  readonly hint: string
  readonly path: string
}

/** The demo's case in eight steps; the people are those of the demo's sign-in page. */
const STEPS: readonly Step[] = [
  { text: 'shared.tour.step1', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { text: 'shared.tour.step2', hint: 'fr-7c1e04', path: '/chart' },
  { text: 'shared.tour.step3', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { text: 'shared.tour.step4', hint: 'se-83fe0c', path: '/' },
  { text: 'shared.tour.step5', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { text: 'shared.tour.step6', hint: 'se-19ab52', path: '/alerts' },
  { text: 'shared.tour.step7', hint: 'se-83fe0c', path: '/grants' },
  { text: 'shared.tour.step8', hint: 'fr-6b20d5', path: '/' },
]

/** The guided tour: each step says whose it is, and leads there. */
export default function Tour() {
  const { t, code } = useTexts()
  const { demo, people } = useDemo()
  const person = usePerson()
  useTitle(t('shared.menu.tour'))
  return (
    <>
      <h1>{t('shared.tour.title')}</h1>
      {demo ? null : <Notice tone="warning">{t('shared.tour.only')}</Notice>}
      <p className="prose">{t('shared.tour.lead')}</p>
      <ol className="steps">
        {STEPS.map(({ text, hint, path }) => {
          const somebody = people.find((each) => each.hint === hint)
          if (!somebody) return null
          const already = somebody.name === person.name && somebody.node === person.node
          const role = somebody.roles.map((each) => code('role', each)).join(', ')
          return (
            <li key={text} className="card">
              <p>{t(text)}</p>
              <p className="actions">
                <a className="button" href={already ? path : signInAs(somebody, path)}>
                  {t('shared.tour.go')}
                </a>
                <small>{t('shared.tour.be', { name: somebody.name, role, node: somebody.node })}</small>
              </p>
            </li>
          )
        })}
      </ol>
    </>
  )
}
