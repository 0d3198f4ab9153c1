import { Suspense, lazy } from 'react'
import { BrowserRouter, Route, Routes } from 'react-router'
import { SessionProvider, useSession } from '../api/session'
import type { Role } from '../api/session'
import { MandateProvider } from '../api/mandate'
import { Loading } from '../parts/Loading'
import { Notice } from '../parts/Notice'
import { SCREENS } from './areas'
import { Boundary } from './Boundary'
import { Shell } from './Shell'
import { SignIn } from './SignIn'
import { useTexts } from './texts'

const PAGES = SCREENS.map((each) => ({ ...each, Page: lazy(each.load) }))

export function App() {
  return (
    <BrowserRouter>
      <SessionProvider>
        <Pages />
      </SessionProvider>
    </BrowserRouter>
  )
}

function Pages() {
  const { t } = useTexts()
  const { person } = useSession()
  if (person === undefined) return <Loading />
  if (person === null) return <SignIn />
  const allowed = ({ roles }: { roles: readonly Role[] }) => roles.some((role) => person.roles.includes(role))
  const mine = PAGES.filter(allowed).filter(({ path }, place, all) => all.findIndex((each) => each.path === path) === place)
  const others = PAGES.filter((each) => !mine.some(({ path }) => path === each.path))
  return (
    <MandateProvider>
      <Shell>
        <Boundary>
          <Suspense fallback={<Loading />}>
            <Routes>
              {mine.map(({ path, Page }) => (
                <Route key={path} path={path} element={<Page />} />
              ))}
              {others.map(({ path, roles }) => (
                <Route
                  key={`${path} ${roles.join(' ')}`}
                  path={path}
                  element={<Notice tone="warning">{t('shell.notAllowed')}</Notice>}
                />
              ))}
              <Route path="*" element={<Notice tone="warning">{t('shell.notFound')}</Notice>} />
            </Routes>
          </Suspense>
        </Boundary>
      </Shell>
    </MandateProvider>
  )
}
