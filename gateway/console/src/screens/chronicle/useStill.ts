import { useSyncExternalStore } from 'react'

const ASKS = '(prefers-reduced-motion: reduce)'

function watch(told: () => void): () => void {
  const list = matchMedia(ASKS)
  list.addEventListener('change', told)
  return () => list.removeEventListener('change', told)
}

/** Whether the person's system asks that nothing moves by itself. */
export function useStill(): boolean {
  return useSyncExternalStore(watch, () => matchMedia(ASKS).matches)
}
