import { Component } from 'react'
import type { ReactNode } from 'react'
import { Notice } from '../parts/Notice'
import { useTexts } from './texts'

/** Holds a failure of one part of the page, so that the rest works. */
export class Boundary extends Component<{ children: ReactNode }, { code: string | null }> {
  override state: { code: string | null } = { code: null }

  static getDerivedStateFromError(error: unknown): { code: string } {
    return { code: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 120) : 'UNKNOWN' }
  }

  override render(): ReactNode {
    return this.state.code === null ? this.props.children : <Broken code={this.state.code} />
  }
}

function Broken({ code }: { code: string }) {
  const { t } = useTexts()
  return (
    <Notice tone="danger" title={t('shell.broken.title')}>
      {t('shell.broken.text', { code })}
    </Notice>
  )
}
