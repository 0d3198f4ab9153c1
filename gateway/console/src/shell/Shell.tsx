import { Suspense, lazy, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { Link, NavLink, useLocation, useNavigate } from 'react-router'
import { usePerson, useSession } from '../api/session'
import { Button } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { Icon } from '../parts/Icon'
import { SCREENS, withTexts } from './areas'
import { Choices } from './Choices'
import { useDemo } from './demo'
import { useKeys } from './keys'
import { useTexts } from './texts'
import { useTour } from './tour'

const TourBar = lazy(() => withTexts('shared', () => import('../screens/shared/TourBar')))

/** What stands around every screen of a person who is signed in. */
export function Shell({ children }: { children: ReactNode }) {
  const { t, code } = useTexts()
  const person = usePerson()
  const { signOut } = useSession()
  const menu = SCREENS.filter((each) => each.menu && each.roles.some((role) => person.roles.includes(role)))
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const [step, endTour] = useTour()
  const searches = person.roles.includes('analyst')
  useKeys(
    useMemo(
      () => ({
        '?': () => void navigate('/help'),
        ...(searches ? { '/': () => void navigate('/search') } : {}),
      }),
      [navigate, searches],
    ),
  )
  useEffect(() => {
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [pathname])
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t('shell.skip')}
      </a>
      <header className="top">
        <span className="brand">{t('shell.product')}</span>
        <span className="node">{person.node}</span>
        <span className="grow" />
        <Link className="who" to="/profile">
          <bdi>{person.name}</bdi>
          <small>
            {person.roles.map((role) => code('role', role)).join(', ')} · {person.unit}
          </small>
        </Link>
        <Choices />
        <Button kind="quiet" onClick={() => void signOut()}>
          {t('shell.signOut')}
        </Button>
      </header>
      <DemoBanner />
      <nav className="menu" aria-label={t('shell.navigation')}>
        <ul>
          {menu.map(({ path, menu: entry }) =>
            entry ? (
              <li key={path}>
                <NavLink to={path} end={path === '/'}>
                  <Icon name={entry.icon} />
                  {t(entry.text)}
                  {entry.News ? <entry.News /> : null}
                </NavLink>
              </li>
            ) : null,
          )}
        </ul>
      </nav>
      <main id="content" tabIndex={-1}>
        {step && pathname !== '/tour' ? (
          <Suspense>
            <TourBar step={step} onEnd={endTour} />
          </Suspense>
        ) : null}
        {children}
      </main>
      <SessionEnded />
      <ProofNeeded />
    </div>
  )
}

export function DemoBanner() {
  const { t } = useTexts()
  return useDemo().demo ? <p className="demo-banner">{t('shell.demo')}</p> : null
}

/** Keeps what is on the screen while the person proves elsewhere that it is still they; then the step is done again. */
function ProofNeeded() {
  const { t } = useTexts()
  const { person, unproven, leaveUnproven, look } = useSession()
  const { demo } = useDemo()
  const [looking, setLooking] = useState(false)
  const hint = demo && person ? `&hint=${encodeURIComponent(person.subject)}` : ''
  return (
    <Dialog open={unproven} title={t('shell.proof.title')} onClose={leaveUnproven}>
      <p>{t('shell.proof.text')}</p>
      <p className="actions">
        <a className="button" href={`/auth/login?fresh=1${hint}`} target="_blank" rel="noreferrer">
          {t('shell.proof.prove')}
        </a>
        <Button
          busy={looking}
          onClick={() => {
            setLooking(true)
            void look().finally(() => setLooking(false))
          }}
        >
          {t('shell.proof.done')}
        </Button>
      </p>
    </Dialog>
  )
}

/** Keeps what is on the screen while the person signs in again elsewhere. */
function SessionEnded() {
  const { t } = useTexts()
  const { ended, look } = useSession()
  const [looking, setLooking] = useState(false)
  return (
    <Dialog open={ended} title={t('shell.ended.title')} onClose={() => undefined}>
      <p>{t('shell.ended.text')}</p>
      <p className="actions">
        <a className="button" href="/signin" target="_blank" rel="noreferrer">
          {t('shell.ended.signIn')}
        </a>
        <Button
          busy={looking}
          onClick={() => {
            setLooking(true)
            void look().finally(() => setLooking(false))
          }}
        >
          {t('shell.ended.done')}
        </Button>
      </p>
    </Dialog>
  )
}
