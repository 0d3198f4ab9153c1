import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/money', roles: ['analyst'], load: () => import('./Money'), menu: { text: 'money.menu', icon: 'money' } },
]

export default area
