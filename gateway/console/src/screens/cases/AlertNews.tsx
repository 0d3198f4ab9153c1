import { useCallback, useEffect, useState } from 'react'
import { ask } from '../../api/ask'
import { useFresh } from '../../api/fresh'
import { apiLanguage } from '../../api/vocabulary'
import { alerts } from '../../generated/documents'
import { useTexts } from '../../shell/texts'
import { isMuted } from './muted'
import { onAlertsChanged } from './news'

/** How many alerts are new, beside the menu's entry; looked up at the own node alone, and no use of the session. */
export function AlertNews() {
  const { t, language } = useTexts()
  const [count, setCount] = useState(0)
  const look = useCallback(() => {
    ask(alerts, { state: 'NEW', language: apiLanguage(language) }, undefined, true).then(
      (told) => setCount(told.alerts.filter((each) => !isMuted(each)).length),
      () => undefined, // the next look tells; whether the session has ended is told by `whenEnded`
    )
  }, [language])
  useEffect(() => {
    look()
    return onAlertsChanged(look)
  }, [look])
  useFresh(look)
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
