import { usePerson } from '../../api/session'
import type { TextKey } from '../../generated/keys'
import { Notice } from '../../parts/Notice'
import { signInAs, useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

interface Step {
  /** Its name among the texts: `tour.steps.<name>`. */
  readonly name: 'ask' | 'profile' | 'more' | 'decide' | 'join' | 'alert' | 'revoke' | 'oversight'
  readonly hint: string
  readonly path: string
}

/** The demo's case, step by step; the people are those of the demo's sign-in page. */
const STEPS: readonly Step[] = [
  { name: 'ask', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { name: 'profile', hint: 'fr-7c1e04', path: '/profiles?of=fr.ofast%2Ffr-cp-1' },
  { name: 'more', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { name: 'decide', hint: 'se-83fe0c', path: '/' },
  { name: 'join', hint: 'fr-7c1e04', path: '/search?q=XQZU%20418026-6' },
  { name: 'alert', hint: 'se-19ab52', path: '/alerts' },
  { name: 'revoke', hint: 'se-83fe0c', path: '/grants?partner=fr.ofast' },
  { name: 'oversight', hint: 'fr-6b20d5', path: '/signals' },
]

/** The guided tour: each step says whose it is, what to do there and what one sees, and leads there. */
export default function Tour() {
  const { t, code } = useTexts()
  const { demo, people } = useDemo()
  const person = usePerson()
  useTitle(t('shared.menu.tour'))
  const said = (name: Step['name'], part: 'title' | 'do' | 'see') => t(`tour.steps.${name}.${part}` as TextKey)
  return (
    <>
      <h1>{t('tour.title')}</h1>
      {demo ? null : <Notice tone="warning">{t('tour.only')}</Notice>}
      <p className="prose">{t('tour.lead')}</p>
      <ol className="steps plain">
        {STEPS.map(({ name, hint, path }, place) => {
          const somebody = people.find((each) => each.hint === hint)
          if (!somebody) return null
          const already = somebody.name === person.name && somebody.node === person.node
          const role = somebody.roles.map((each) => code('role', each)).join(', ')
          return (
            <li key={name} className="card" data-step={name}>
              <h2>
                {place + 1}. {said(name, 'title')}
              </h2>
              <p className="actions">
                <a className="button" href={already ? path : signInAs(somebody, path)}>
                  {t('tour.be', { name: somebody.name, role, node: somebody.node })}
                </a>
              </p>
              <dl className="facts">
                <dt>{t('tour.do')}</dt>
                <dd>
                  <ol className="doing">
                    {said(name, 'do')
                      .split('\n')
                      .map((each) => (
                        <li key={each}>{each}</li>
                      ))}
                  </ol>
                </dd>
                <dt>{t('tour.see')}</dt>
                <dd>{said(name, 'see')}</dd>
              </dl>
            </li>
          )
        })}
      </ol>
    </>
  )
}
