import i18next from 'i18next'
import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { I18nextProvider } from 'react-i18next'
import { Loading } from '../../parts/Loading'
import { load } from '../../shell/texts'
import type { Language } from '../../shell/texts'

/** Its children in one language, whatever that of the page is: a report is for its reader. */
export function InLanguage({ language, children }: { language: Language; children: ReactNode }) {
  const [texts, setTexts] = useState<typeof i18next | null>(null)
  useEffect(() => {
    let here = true
    void load(language).then(() => {
      if (here) setTexts(i18next.cloneInstance({ lng: language }))
    })
    return () => {
      here = false
    }
  }, [language])
  if (texts?.language !== language) return <Loading />
  return (
    <I18nextProvider i18n={texts}>
      <div lang={language}>{children}</div>
    </I18nextProvider>
  )
}
