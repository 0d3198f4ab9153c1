import { useId } from 'react'
import { NodeCards } from '../../parts/NodeCards'
import type { Answer } from '../../parts/NodeCards'
import { Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'

interface Told {
  readonly complete: boolean
  readonly completeness: string
  readonly stopped: string
  readonly nodes: readonly Answer[]
}

/** How each node answered all the questions to it, and what is missing therefore. */
export function Answers({ told }: { told: Told }) {
  const { t } = useTexts()
  const id = useId()
  const unheard = told.nodes.filter(({ status }) => ['TIMED_OUT', 'UNREACHABLE', 'INVALID_ANSWER'].includes(status))
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{t('histories.nodes')}</h3>
      <p role="status">{told.completeness}</p>
      <NodeCards label={t('histories.nodes')} nodes={told.nodes} />
      {unheard.length ? (
        <Notice tone="warning">{t('analyst.search.incomplete', { nodes: unheard.map(({ node }) => node).join(', ') })}</Notice>
      ) : null}
      {['QUESTIONS', 'VERTICES', 'TOO_MANY'].includes(told.stopped) ? (
        <Notice tone="warning">{t(`histories.stopped.${told.stopped}` as 'histories.stopped.QUESTIONS')}</Notice>
      ) : null}
    </section>
  )
}
