import { Suspense, lazy } from 'react'
import { BrowserRouter, Route, Routes } from 'react-router'
import { SessionProvider, useSession } from '../api/session'
import type { Role } from '../api/session'
import { MandateProvider } from '../api/mandate'
import { Loading } from '../parts/Loading'
import { SCREENS } from './areas'
import { Boundary } from './Boundary'
import { Shell } from './Shell'
import { SignIn } from './SignIn'
import { useTexts } from './texts'
import { useTitle } from './title'

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
                <Route key={`${path} ${roles.join(' ')}`} path={path} element={<Nowhere why={t('shell.notAllowed')} />} />
              ))}
              <Route path="*" element={<Nowhere why={t('shell.notFound')} />} />
            </Routes>
          </Suspense>
        </Boundary>
      </Shell>
    </MandateProvider>
  )
}

/** In place of a screen that is not there, or not for this person. */
function Nowhere({ why }: { why: string }) {
  useTitle(why)
  return <h1>{why}</h1>
}
