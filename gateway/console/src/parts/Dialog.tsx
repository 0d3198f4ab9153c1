import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { useTexts } from '../shell/texts'

interface Props {
  readonly open: boolean
  readonly title: string
  readonly children: ReactNode
  readonly onClose: () => void
  readonly wide?: boolean
}

/** A modal dialog: focus stays inside, Escape closes it. */
export function Dialog({ open, title, children, onClose, wide }: Props) {
  const { t } = useTexts()
  return (
    <Base.Root
      open={open}
      onOpenChange={(now) => {
        if (!now) onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className={wide ? 'dialog wide' : 'dialog'}>
          <Base.Title className="dialog-title">{title}</Base.Title>
          {children}
          <Base.Close className="button quiet dialog-close">{t('shell.close')}</Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
