import type { ComponentType } from 'react'
import type { Role } from '../api/session'
import type { TextKey } from '../generated/keys'
import type { NEEDS } from '../generated/needs'
import type { IconName } from '../parts/Icon'
import { need } from './texts'

/** A page of the console. `path` may hold parameters, as react-router writes them. */
export interface Screen {
  readonly path: string
  readonly roles: readonly Role[]
  readonly load: () => Promise<{ default: ComponentType }>
  /** What the main menu says; a screen without is reached from others. */
  readonly menu?: { readonly text: TextKey; readonly icon: IconName; /** What is new there. */ readonly News?: ComponentType }
}

/** The screens of one kind of people; each folder of `screens/` keeps its own list in `area.ts`. */
export type Area = readonly Screen[]

const found = import.meta.glob<{ default: Area }>('../screens/*/area.ts', { eager: true })
const ORDER: readonly (keyof typeof NEEDS)[] = ['analyst', 'chart', 'cases', 'chronicle', 'profiles', 'histories', 'money', 'liaison', 'oversight', 'admin', 'shared']

/** What `fetch` brings, when the texts of its area are there as well. */
export async function withTexts<T>(area: keyof typeof NEEDS, fetch: () => Promise<T>): Promise<T> {
  const [brought] = await Promise.all([fetch(), need(area)])
  return brought
}

export const SCREENS: readonly Screen[] = ORDER.flatMap((name) =>
  (found[`../screens/${name}/area.ts`]?.default ?? []).map((each) => ({ ...each, load: () => withTexts(name, each.load) })),
)
