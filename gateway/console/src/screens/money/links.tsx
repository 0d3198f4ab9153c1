import { Link } from 'react-router'
import { useTexts } from '../../shell/texts'

export const TABS = ['owners', 'joined', 'prices', 'wallet'] as const
export type Tab = (typeof TABS)[number]

/** One click to a question about money, with what it is about filled in; nothing is asked before the person says so. */
export function ToMoney({ tab, from }: { tab: Tab; from: string }) {
  const { t } = useTexts()
  return (
    <Link className="button" to={`/money?${new URLSearchParams({ tab, [tab]: from }).toString()}`}>
      {t(`analyst.toMoney.${tab}`)}
    </Link>
  )
}
