import { useEffect } from 'react'

const KEPT = 'entente.keys'

/** Whether keys of a single letter do something (WCAG 2.1.4: they can be switched off). */
export function keysOn(): boolean {
  return localStorage.getItem(KEPT) !== 'off'
}

export function switchKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? 'on' : 'off')
}

/** Calls what a key stands for, while no field has the focus and no dialog is open. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const at = event.target instanceof Element ? event.target : null
      const typing = at?.closest('input, textarea, select, [contenteditable], [role=dialog], [role=application]')
      if (typing || event.ctrlKey || event.altKey || event.metaKey || !keysOn()) return
      const act = keys[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [keys])
}
