import { useTexts } from '../../shell/texts'
import type { Risk } from './risk'

/** The signs of a request, in words. */
export function Risks({ risks }: { risks: readonly Risk[] }) {
  const { t } = useTexts()
  if (!risks.length) return null
  return (
    <div className="risks">
      <strong>{t('liaison.item.risks')}{t('shell.colon')}</strong>
      <ul>
        {risks.map((each) => (
          <li key={each} className="badge h1">
            {t(`liaison.risk.${each}`)}
          </li>
        ))}
      </ul>
    </div>
  )
}
