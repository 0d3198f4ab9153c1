import { EMPTY } from './model'
import type { Chart, Handle } from './model'

/** What a step did, for the list of steps; each has a text `chart.step.<name>`. */
export type StepName =
  | 'add' | 'expand' | 'collapse' | 'pin' | 'unpin' | 'drag' | 'group' | 'ungroup' | 'hide' | 'show' | 'dismiss'
  | 'keepOnly' | 'path' | 'layout' | 'span' | 'note' | 'size'

export interface Step {
  readonly name: StepName
  /** The chart as it was before. */
  readonly before: Chart
}

/** A chart with all its steps of this session; charts share what did not change, so that none is ever given up. */
export interface Steps {
  readonly chart: Chart
  readonly past: readonly Step[]
  readonly future: readonly Step[]
}

export function begun(chart: Chart = EMPTY): Steps {
  return { chart, past: [], future: [] }
}

/** One step further; a change that changes nothing is no step. */
export function done(steps: Steps, name: StepName, change: (chart: Chart) => Chart): Steps {
  const chart = change(steps.chart)
  return chart === steps.chart ? steps : { chart, past: [...steps.past, { name, before: steps.chart }], future: [] }
}

/** Completes what began when `since` steps had been done: no step of its own; what can be gone back to is completed too. */
export function amended({ chart, past, future }: Steps, since: number, change: (chart: Chart) => Chart): Steps {
  const after = (steps: readonly Step[]) => steps.map((each) => ({ ...each, before: change(each.before) }))
  if (past.length <= since) return { chart, past, future: after(future) }
  return { chart: change(chart), past: [...past.slice(0, since + 1), ...after(past.slice(since + 1))], future: after(future) }
}

export function undone({ chart, past, future }: Steps): Steps {
  const last = past.at(-1)
  if (!last) return { chart, past, future }
  return { chart: last.before, past: past.slice(0, -1), future: [{ name: last.name, before: chart }, ...future] }
}

export function redone({ chart, past, future }: Steps): Steps {
  const next = future[0]
  if (!next) return { chart, past, future }
  return { chart: next.before, past: [...past, { name: next.name, before: chart }], future: future.slice(1) }
}

/** What came by the last step that brought something since the chart was opened. */
export interface News {
  readonly records: ReadonlySet<Handle>
  /** Ids of links. */
  readonly links: ReadonlySet<string>
}

const BRINGING: ReadonlySet<StepName> = new Set(['add', 'expand', 'path'])

/** Beside what stood there before, and stubs whose content came `back`; what an empty chart gets is not marked as new. */
export function newsOf({ chart, past }: Steps, back: ReadonlySet<Handle> = new Set()): News {
  const told = past.findLast(({ name }) => BRINGING.has(name))?.before ?? chart
  const before = told.items.size ? told : chart
  return {
    records: new Set([...chart.items.keys()].filter((each) => back.has(each) || !before.items.has(each))),
    links: new Set([...chart.links.keys()].filter((each) => !before.links.has(each))),
  }
}
