import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { usePerson } from '../../api/session'
import { keep, load, placeOf } from './kept'
import type { Chart } from './model'
import { amended, begun, done, redone, undone } from './steps'
import type { StepName, Steps } from './steps'

export interface Doing {
  readonly steps: Steps
  readonly chart: Chart
  /** The chart as it is now, also within a step that waits for an answer. */
  readonly now: () => Chart
  readonly act: (name: StepName, change: (chart: Chart) => Chart) => void
  /** A step that is completed later: what is returned changes the chart without being a step of its own. */
  readonly begin: (name: StepName, change: (chart: Chart) => Chart) => (change: (chart: Chart) => Chart) => void
  readonly undo: () => void
  readonly redo: () => void
}

/** A chart of this browser with its steps; every change is kept at once. */
export function useSteps(id: string): Doing {
  const person = usePerson()
  const place = useMemo(() => placeOf(person), [person])
  const [steps, setSteps] = useState(() => begun(load(place, id)))
  const latest = useRef(steps)
  const commit = useCallback((change: (steps: Steps) => Steps) => {
    latest.current = change(latest.current)
    setSteps(latest.current)
  }, [])
  useEffect(() => {
    if (steps.past.length || steps.future.length) keep(place, id, steps.chart, new Date())
  }, [steps, place, id])
  return useMemo(
    () => ({
      steps,
      chart: steps.chart,
      now: () => latest.current.chart,
      act: (name, change) => commit((before) => done(before, name, change)),
      begin: (name, change) => {
        const since = latest.current.past.length
        commit((before) => done(before, name, change))
        return (more) => commit((before) => amended(before, since, more))
      },
      undo: () => commit(undone),
      redo: () => commit(redone),
    }),
    [steps, commit],
  )
}
