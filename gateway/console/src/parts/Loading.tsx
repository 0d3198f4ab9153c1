import { useTexts } from '../shell/texts'

/** Shown only after a moment, by its style. */
export function Loading() {
  const { t } = useTexts()
  return (
    <p className="loading" role="status" aria-busy="true">
      {t('shell.loading')}
    </p>
  )
}
