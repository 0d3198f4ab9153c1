import type { Network } from './attraction'
import type { Progress } from './attraction.worker'
import address from './attraction.worker?worker&url'

declare global {
  interface Window {
    readonly trustedTypes?: {
      createPolicy: (name: string, rules: { createScriptURL: (told: string) => string }) => { createScriptURL: (told: string) => unknown }
    }
  }
}

let policy: { createScriptURL: (told: string) => unknown } | undefined

/** The address of a worker of this build; the page's policy lets no other script's pass. */
function trusted(told: string): string {
  if (!window.trustedTypes) return told
  policy ??= window.trustedTypes.createPolicy('entente-worker', {
    createScriptURL: (each) => {
      if (!/^\/assets\/[\w.-]+\.js$/.test(each)) throw new TypeError(`no worker of this build: ${each}`)
      return each
    },
  })
  return policy.createScriptURL(told) as string
}

export interface Layouting {
  readonly spots: Promise<Float32Array>
  /** Ends it with the spots that it has by now. */
  readonly stop: () => void
}

/** Lays a network out in a worker; `tell` hears where everything is on the way. */
export function layoutBeside(network: Network, tell: (spots: Float32Array) => void): Layouting {
  const worker = new Worker(trusted(address), { type: 'module' })
  const spots = new Promise<Float32Array>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Progress>) => {
      if (data.done) resolve(data.spots)
      else tell(data.spots)
    }
    worker.onerror = ({ message }) => reject(new Error(message))
  })
  worker.postMessage(network)
  return { spots: spots.finally(() => worker.terminate()), stop: () => worker.postMessage('stop') }
}
