import { useLocation } from 'react-router'
import { useSession } from '../api/session'
import { Button } from '../parts/Button'
import { Notice } from '../parts/Notice'
import { DemoBanner } from './Shell'
import { Choices } from './Choices'
import { useDemo } from './demo'
import { useTexts } from './texts'

/** The sign-in page; afterwards the person is at the address that was asked for. */
export function SignIn() {
  const { t, code } = useTexts()
  const { unreachable, look } = useSession()
  const { people, name } = useDemo()
  const { pathname, search } = useLocation()
  const next = encodeURIComponent(pathname === '/signin' ? '/' : pathname + search)
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
        {unreachable ? (
          <Notice tone="danger">
            {t('shell.signIn.unreachable')} <Button onClick={() => void look()}>{t('shell.again')}</Button>
          </Notice>
        ) : null}
        <p>
          <a className="button primary" href={`/auth/login?next=${next}`}>
            {t('shell.signIn.with')}
          </a>
        </p>
        {people.length > 0 ? (
          <section aria-labelledby="people">
            <h2 id="people">{t('shell.signIn.as')}</h2>
            <p>{t('shell.signIn.text')}</p>
            <ul className="people">
              {people.map((each) => (
                <li key={each.hint}>
                  <a href={`/auth/login?next=${next}&hint=${encodeURIComponent(each.hint)}`}>
                    <bdi>{each.name}</bdi>
                    <small>
                      {each.roles.map((role) => code('role', role)).join(', ')} · {each.unit}
                    </small>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </main>
    </div>
  )
}
