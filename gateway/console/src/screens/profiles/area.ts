import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/profiles', roles: ['analyst'], load: () => import('./Profiles'), menu: { text: 'profiles.menu', icon: 'use' } },
]

export default area
