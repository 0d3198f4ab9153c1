import { useEffect } from 'react'
import { useRead } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { alerts } from '../../generated/documents'
import { useTexts } from '../../shell/texts'
import { onAlertsChanged } from './news'

const EVERY = 20_000
/** Somebody who did nothing for so long is not at work: looking on would keep the session open. */
const AT_WORK = 300_000

/** How many alerts are new, beside the menu's entry; looked up at the own node, which asks nobody for it. */
export function AlertNews() {
  const { t, language } = useTexts()
  const { data, again } = useRead(alerts, { state: 'NEW', language: apiLanguage(language) })
  useEffect(() => {
    let active = Date.now()
    const note = () => {
      active = Date.now()
    }
    const look = () => {
      if (document.visibilityState === 'visible' && Date.now() - active < AT_WORK) again()
    }
    const timer = setInterval(look, EVERY)
    const signs = ['pointerdown', 'keydown', 'visibilitychange'] as const
    for (const each of signs) document.addEventListener(each, note)
    const stop = onAlertsChanged(again)
    return () => {
      clearInterval(timer)
      for (const each of signs) document.removeEventListener(each, note)
      stop()
    }
  }, [again])
  const count = data?.alerts.length ?? 0
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
