import type { ReactNode } from 'react'
import { errorKey } from '../api/ask'
import type { Refused } from '../api/ask'
import { useTexts } from '../shell/texts'

interface Props {
  readonly tone?: 'info' | 'success' | 'warning' | 'danger'
  readonly title?: string
  readonly children?: ReactNode
}

/** Something the person should know; what went wrong is told at once by a screen reader. */
export function Notice({ tone = 'info', title, children }: Props) {
  return (
    <div className={`notice ${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
      {title ? <strong>{title}</strong> : null}
      <div>{children}</div>
    </div>
  )
}

/** Why the own node did not do what it was asked: in words, with its code. */
export function Failure({ error }: { error: Refused | undefined }) {
  const { t } = useTexts()
  if (!error) return null
  const said = t(errorKey(error.code), { defaultValue: '' })
  return (
    <Notice tone="danger" title={said || t('error.other', { code: error.code, message: error.message })}>
      {said ? (
        <small lang="en">
          {error.code}: {error.message}
        </small>
      ) : null}
    </Notice>
  )
}
