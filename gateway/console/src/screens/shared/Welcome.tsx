import { usePerson } from '../../api/session'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

/** The start page of people whose area has none of its own. */
export default function Welcome() {
  const { t } = useTexts()
  const title = t('shared.welcome.title', { name: usePerson().name })
  useTitle(title)
  return (
    <>
      <h1>{title}</h1>
      <p>{t('shared.welcome.text')}</p>
    </>
  )
}
