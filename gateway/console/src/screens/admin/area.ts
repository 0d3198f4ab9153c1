import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/', roles: ['administrator'], load: () => import('./NodeState'), menu: { text: 'admin.menu.node', icon: 'node' } },
  { path: '/retention', roles: ['administrator'], load: () => import('./Retention'), menu: { text: 'admin.menu.retention', icon: 'clock' } },
]

export default area
