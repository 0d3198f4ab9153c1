import { Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'

/** What a result takes for granted, and what it cannot say. */
export function Method({ told: { assumes, cannotSay } }: { told: { readonly assumes: string; readonly cannotSay: string } }) {
  const { t } = useTexts()
  return (
    <Notice>
      <p>
        <strong>{t('histories.assumes')}</strong>
        {t('shell.colon')} {assumes}
      </p>
      <p>
        <strong>{t('histories.cannotSay')}</strong>
        {t('shell.colon')} {cannotSay}
      </p>
    </Notice>
  )
}
