import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/chart', roles: ['analyst'], load: () => import('./ChartPage'), menu: { text: 'chart.menu', icon: 'chart' } },
  { path: '/chart/:id', roles: ['analyst'], load: () => import('./ChartPage') },
  { path: '/chart/:id/report', roles: ['analyst'], load: () => import('./ChartReport') },
]

export default area
