import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/chronicle', roles: ['analyst'], load: () => import('./Chronicle'), menu: { text: 'chronicle.menu', icon: 'clock' } },
]

export default area
