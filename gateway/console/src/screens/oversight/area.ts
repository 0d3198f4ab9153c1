import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/', roles: ['oversight'], load: () => import('./Overview'), menu: { text: 'oversight.menu.overview', icon: 'shield' } },
  { path: '/audit', roles: ['oversight'], load: () => import('./LogSearch'), menu: { text: 'oversight.menu.search', icon: 'log' } },
  { path: '/audit/record/:query', roles: ['oversight'], load: () => import('./LogRecord') },
  { path: '/integrity', roles: ['oversight'], load: () => import('./Integrity'), menu: { text: 'oversight.menu.integrity', icon: 'grant' } },
  { path: '/signals', roles: ['oversight'], load: () => import('./Signals'), menu: { text: 'oversight.menu.signals', icon: 'bell' } },
  { path: '/findings', roles: ['oversight'], load: () => import('./Findings'), menu: { text: 'oversight.menu.findings', icon: 'flag' } },
  { path: '/evidence', roles: ['oversight'], load: () => import('./EvidencePack'), menu: { text: 'oversight.menu.evidence', icon: 'export' } },
]

export default area
