import type { Role } from '../../api/session'
import type { Area } from '../../shell/areas'

const EVERYBODY: readonly Role[] = ['analyst', 'liaison', 'oversight', 'administrator']

const area: Area = [
  { path: '/', roles: EVERYBODY, load: () => import('./Welcome') },
  { path: '/tour', roles: EVERYBODY, load: () => import('./Tour'), menu: { text: 'shared.menu.tour', icon: 'flag' } },
  { path: '/profile', roles: EVERYBODY, load: () => import('./Profile'), menu: { text: 'shared.menu.profile', icon: 'people' } },
  { path: '/help', roles: EVERYBODY, load: () => import('./Help'), menu: { text: 'shared.menu.help', icon: 'help' } },
  { path: '/accessibility', roles: EVERYBODY, load: () => import('./Accessibility') },
]

export default area
