/* The layout beside the page, so that the page never waits for it. It is told a network, or to stop. */
import { attracted, finished } from './attraction'
import type { Network } from './attraction'

export interface Progress {
  readonly spots: Float32Array
  readonly done: boolean
}

let stopped = false

onmessage = ({ data }: MessageEvent<Network | 'stop'>) => {
  if (data === 'stop') stopped = true
  else run(data, attracted(data))
}

function run(network: Network, turns: ReturnType<typeof attracted>): void {
  const { value, done } = turns.next()
  const last = done === true || stopped
  const progress: Progress = { spots: stopped && !done ? finished({ ...network, spots: value }) : value, done: last }
  postMessage(progress)
  if (!last) setTimeout(() => run(network, turns))
}
