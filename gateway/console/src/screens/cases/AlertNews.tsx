import { useEffect, useState } from 'react'
import { ask } from '../../api/ask'
import { apiLanguage } from '../../api/vocabulary'
import { alerts } from '../../generated/documents'
import { useTexts } from '../../shell/texts'
import { isMuted } from './muted'
import { onAlertsChanged } from './news'

const EVERY = 20_000

/** How many alerts are new, beside the menu's entry; looked up at the own node alone, and no use of the session. */
export function AlertNews() {
  const { t, language } = useTexts()
  const [count, setCount] = useState(0)
  useEffect(() => {
    const stopped = new AbortController()
    const look = () => {
      if (document.visibilityState === 'hidden') return
      ask(alerts, { state: 'NEW', language: apiLanguage(language) }, stopped.signal, true).then(
        (told) => setCount(told.alerts.filter((each) => !isMuted(each)).length),
        () => undefined, // the next look tells; whether the session has ended is told by `whenEnded`
      )
    }
    look()
    const timer = setInterval(look, EVERY)
    const deaf = onAlertsChanged(look)
    document.addEventListener('visibilitychange', look)
    return () => {
      stopped.abort()
      clearInterval(timer)
      deaf()
      document.removeEventListener('visibilitychange', look)
    }
  }, [language])
  return (
    <span role="status" className={count ? 'badge news' : 'unseen'}>
      {count ? (
        <>
          <span aria-hidden="true">{count}</span>
          <span className="unseen">{t('cases.alerts.news', { count })}</span>
        </>
      ) : null}
    </span>
  )
}
