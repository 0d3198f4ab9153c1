import type { ReactNode } from 'react'

interface Props {
  readonly children: ReactNode
  readonly onClick?: () => void
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly type?: 'button' | 'submit'
  readonly busy?: boolean
  readonly disabled?: boolean
  /** Said instead of the content where that is not a text. */
  readonly label?: string
  readonly pressed?: boolean
}

/** A button with a text; while it is busy it can be focused but does nothing. */
export function Button({ children, onClick, kind = 'plain', type = 'button', busy, disabled, label, pressed }: Props) {
  return (
    <button
      type={type}
      className={`button ${kind}`}
      aria-disabled={busy || disabled ? true : undefined}
      aria-busy={busy ? true : undefined}
      aria-label={label}
      aria-pressed={pressed}
      onClick={(event) => {
        if (busy || disabled) event.preventDefault()
        else onClick?.()
      }}
    >
      {children}
    </button>
  )
}
