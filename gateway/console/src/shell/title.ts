import { useEffect } from 'react'

/** The browser's title of a screen; the product's name stands behind it. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Entente`
  }, [title])
}
