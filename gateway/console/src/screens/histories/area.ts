import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/containers', roles: ['analyst'], load: () => import('./Containers'), menu: { text: 'histories.menu.containers', icon: 'box' } },
  { path: '/vessels', roles: ['analyst'], load: () => import('./Vessels'), menu: { text: 'histories.menu.vessels', icon: 'ship' } },
]

export default area
