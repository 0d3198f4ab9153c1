import { EMPTY } from './model'
import type { Chart } from './model'

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
