import { Link } from 'react-router'
import { useRead } from '../../api/asked'
import { partners } from '../../generated/documents'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import type { Item } from './kinds'

const WORDS = {
  ALERT_GIVEN: 'liaison.notice.alert',
  DECONFLICTION: 'liaison.notice.deconfliction',
  RECALL_OVERDUE: 'liaison.recallItem.overdue',
} as const

/** What an officer should know, with whom to speak; nothing of it waits for a decision. */
export function PartnerNotice({ item }: { item: Item }) {
  const { t } = useTexts()
  const known = useRead(partners, {})
  const partner = known.data?.partners.find(({ id }) => id === item.node)
  const words = WORDS[item.kind as keyof typeof WORDS]
  return (
    <>
      <p>{t(words)}</p>
      {partner ? (
        <p>
          {t('liaison.notice.contact')}: <Said>{`${partner.name}, ${partner.spoc}`}</Said>
        </p>
      ) : null}
      {item.kind === 'RECALL_OVERDUE' ? (
        <Link to="/exchange?owed=1">{t('liaison.recallItem.all')}</Link>
      ) : null}
    </>
  )
}
