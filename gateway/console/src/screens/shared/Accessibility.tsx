import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

export default function Accessibility() {
  const { t } = useTexts()
  useTitle(t('shared.access.title'))
  return (
    <>
      <h1>{t('shared.access.title')}</h1>
      <p className="prose">{t('shared.access.text')}</p>
      <p className="prose">{t('shared.access.tested')}</p>
    </>
  )
}
