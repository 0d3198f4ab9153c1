import { useTexts } from '../../shell/texts'

export default function Help() {
  const { t } = useTexts()
  return <h1>{t('help.title')}</h1>
}
