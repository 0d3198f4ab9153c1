import type { Area } from '../../shell/areas'

const area: Area = [
  { path: '/', roles: ['liaison'], load: () => import('./Inbox'), menu: { text: 'liaison.menu.inbox', icon: 'inbox' } },
  { path: '/grants', roles: ['liaison'], load: () => import('./Grants'), menu: { text: 'liaison.menu.grants', icon: 'grant' } },
  { path: '/new-grant', roles: ['liaison'], load: () => import('./NewGrant'), menu: { text: 'liaison.menu.new', icon: 'note' } },
  { path: '/grants/:id', roles: ['liaison'], load: () => import('./GrantPage') },
  { path: '/preview', roles: ['liaison'], load: () => import('./Preview') },
  { path: '/use', roles: ['liaison'], load: () => import('./Use'), menu: { text: 'liaison.menu.use', icon: 'use' } },
  { path: '/exchange', roles: ['liaison'], load: () => import('./Exchange'), menu: { text: 'liaison.menu.exchange', icon: 'letter' } },
  { path: '/explain', roles: ['liaison'], load: () => import('./Explain'), menu: { text: 'liaison.menu.explain', icon: 'people' } },
  { path: '/keys', roles: ['liaison'], load: () => import('./Keys'), menu: { text: 'liaison.menu.keys', icon: 'shield' } },
]

export default area
