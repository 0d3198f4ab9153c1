import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import type { Item } from './kinds'

/** Which officers have approved, and whether another one must. */
export function Approvals({ item }: { item: Item }) {
  const { t } = useTexts()
  if (!item.approvedBy.length) return null
  return (
    <p>
      {t('liaison.item.officers', { done: item.approvals, needed: item.approvalsNeeded })} ({t('liaison.item.approvedBy')}{' '}
      <Said>{item.approvedBy.join(', ')}</Said>). {item.state === 'OPEN' ? t('liaison.item.second') : null}
    </p>
  )
}
