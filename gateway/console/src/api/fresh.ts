import { useEffect } from 'react'

const EVERY = 20_000

/** Looks again every twenty seconds while the page is in sight, and when it comes into sight. */
export function useFresh(look: () => void) {
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState !== 'hidden') look()
    }
    const timer = setInterval(seen, EVERY)
    document.addEventListener('visibilitychange', seen)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [look])
}
