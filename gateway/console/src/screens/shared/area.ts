import type { Area } from '../../shell/areas'
import type { Role } from '../../api/session'

const EVERYBODY: readonly Role[] = ['analyst', 'liaison', 'oversight', 'administrator']

const area: Area = [
  { path: '/', roles: ['liaison', 'oversight', 'administrator'], load: () => import('./Welcome') },
  { path: '/help', roles: EVERYBODY, load: () => import('./Help'), menu: { text: 'shell.help', icon: 'help' } },
]

export default area
