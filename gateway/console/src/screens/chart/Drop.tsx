import type { ReactNode } from 'react'

/** Buttons behind a button; it closes when one of them was used, or by Escape. */
export function Drop({ label, children }: { label: string; children: ReactNode }) {
  const close = (element: Element | null) => {
    const drop = element?.closest('details')
    drop?.removeAttribute('open')
    drop?.querySelector('summary')?.focus()
  }
  return (
    <details className="drop">
      <summary className="button">{label}</summary>
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- it hears of its buttons */}
      <div
        className="drop-list"
        onBlur={(event) => {
          const drop = event.currentTarget.closest('details')
          if (event.relatedTarget && !drop?.contains(event.relatedTarget)) drop?.removeAttribute('open')
        }}
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest('button')) close(event.currentTarget)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close(event.currentTarget)
        }}
      >
        {children}
      </div>
    </details>
  )
}
