import { usePerson } from '../../api/session'
import { useTexts } from '../../shell/texts'

/** The start page of people whose area has none of its own. */
export default function Welcome() {
  const { t } = useTexts()
  return (
    <>
      <h1>{t('analyst.home.title', { name: usePerson().name })}</h1>
      <p className="lead">{t('shell.tagline')}</p>
    </>
  )
}
