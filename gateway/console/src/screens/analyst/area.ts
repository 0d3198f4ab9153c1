import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/', roles: ['analyst'], load: () => import('./Home'), menu: { text: 'analyst.menu.home', icon: 'home' } },
  { path: '/search', roles: ['analyst'], load: () => import('./Search'), menu: { text: 'analyst.menu.search', icon: 'search' } },
  { path: '/requests', roles: ['analyst'], load: () => import('./Requests'), menu: { text: 'analyst.menu.requests', icon: 'letter' } },
  { path: '/record/:handle', roles: ['analyst'], load: () => import('./RecordPage') },
]

export default area
