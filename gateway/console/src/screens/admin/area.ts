import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/', roles: ['administrator'], load: () => import('./NodeState'), menu: { text: 'admin.menu.node', icon: 'node' } },
  { path: '/partners', roles: ['administrator'], load: () => import('./Partners'), menu: { text: 'admin.menu.partners', icon: 'people' } },
  { path: '/key-holders', roles: ['administrator'], load: () => import('./KeyHolders'), menu: { text: 'admin.menu.keys', icon: 'shield' } },
  { path: '/loads', roles: ['administrator'], load: () => import('./Loads'), menu: { text: 'admin.menu.loads', icon: 'inbox' } },
  { path: '/quarantine', roles: ['administrator'], load: () => import('./Quarantine'), menu: { text: 'admin.menu.quarantine', icon: 'flag' } },
  { path: '/retention', roles: ['administrator'], load: () => import('./Retention'), menu: { text: 'admin.menu.retention', icon: 'clock' } },
  {
    path: '/simulation',
    roles: ['administrator', 'liaison'],
    load: () => import('./Simulation'),
    menu: { text: 'admin.menu.simulation', icon: 'shield' },
  },
]

export default area
