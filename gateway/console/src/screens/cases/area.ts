import type { Area } from '../../shell/areas'
import { AlertNews } from './AlertNews'

const area: Area = [
  { path: '/alerts', roles: ['analyst'], load: () => import('./Alerts'), menu: { text: 'cases.menu.alerts', icon: 'bell', News: AlertNews } },
  { path: '/standing', roles: ['analyst'], load: () => import('./Standing'), menu: { text: 'cases.menu.standing', icon: 'clock' } },
  { path: '/cases', roles: ['analyst'], load: () => import('./Cases'), menu: { text: 'cases.menu.cases', icon: 'people' } },
  { path: '/cases/:picture', roles: ['analyst'], load: () => import('./CasePage') },
  { path: '/kept', roles: ['analyst'], load: () => import('./Kept'), menu: { text: 'cases.menu.kept', icon: 'note' } },
  { path: '/resembling/:handle', roles: ['analyst'], load: () => import('./Resembling') },
  { path: '/why/:query', roles: ['analyst'], load: () => import('./Why') },
  { path: '/report/:picture', roles: ['analyst'], load: () => import('./Report') },
]

export default area
