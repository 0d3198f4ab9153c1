import { useLocation } from 'react-router'
import { errorKey } from '../api/ask'
import { useSession } from '../api/session'
import { Button } from '../parts/Button'
import { NodeBadge } from '../parts/Marks'
import { Notice } from '../parts/Notice'
import { DemoBanner } from './Shell'
import { Choices } from './Choices'
import { signInAs, useDemo } from './demo'
import { useTexts } from './texts'
import { toTour } from './tour'

/** The sign-in page; afterwards the person is at the address that was asked for. */
export function SignIn() {
  const { t, code } = useTexts()
  const { unreachable, look } = useSession()
  const { node, people, name } = useDemo()
  const { pathname, search } = useLocation()
  const refused = /^[A-Z_]{1,64}$/.exec(new URLSearchParams(search).get('refused') ?? '')?.[0]
  const tour = toTour(people)
  const next = pathname === '/signin' ? '/' : pathname + search
  return (
    <div className="sign-in">
      <header className="top">
        <span className="brand">{t('shell.product')}</span>
        <span className="node">{name}</span>
        <span className="grow" />
        <Choices />
      </header>
      <DemoBanner />
      <main id="content">
        <h1>{t('shell.signIn.title')}</h1>
        <p className="lead">{t('shell.tagline')}</p>
        {refused ? (
          <Notice tone="warning" title={t(errorKey(refused), { defaultValue: t('shell.signIn.refused') })}>
            <small>{refused}</small>
          </Notice>
        ) : null}
        {unreachable ? (
          <Notice tone="danger">
            {t('shell.signIn.unreachable')} <Button onClick={() => void look()}>{t('shell.again')}</Button>
          </Notice>
        ) : null}
        <p className="actions">
          {tour ? (
            <a className="button primary" href={tour}>
              {t('shell.signIn.tour')}
            </a>
          ) : null}
          <a className={tour ? 'button' : 'button primary'} href={`/auth/login?next=${encodeURIComponent(next)}`}>
            {t('shell.signIn.with')}
          </a>
        </p>
        {people.length > 0 ? (
          <section aria-labelledby="people">
            <h2 id="people">{t('shell.signIn.as')}</h2>
            <p>{t('shell.signIn.text')}</p>
            {[node, ...new Set(people.map((each) => each.node).filter((each) => each !== node))].map((each) => (
              <div key={each}>
                <h3>
                  <NodeBadge node={each} /> {each}
                </h3>
                <ul className="people">
                  {people
                    .filter((person) => person.node === each)
                    .map((person) => (
                      <li key={person.hint}>
                        <a href={signInAs(person, each === node ? next : '/')}>
                          <bdi>{person.name}</bdi>
                          <small>
                            {person.roles.map((role) => code('role', role)).join(', ')} · {person.unit}
                          </small>
                        </a>
                      </li>
                    ))}
                </ul>
              </div>
            ))}
          </section>
        ) : null}
      </main>
    </div>
  )
}
