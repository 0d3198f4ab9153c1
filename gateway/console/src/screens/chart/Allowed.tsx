import { Button } from '../../parts/Button'
import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import type { Exporting } from './useExports'

/** What may leave, what may not and why, and the texts that have to be read first. */
export function Allowed({ exporting: { missing, unread, read }, of }: { exporting: Exporting; of: number }) {
  const { t, code } = useTexts()
  return (
    <>
      <Notice tone={missing.length ? 'warning' : 'success'}>{t('chart.export.allowed', { count: of - missing.length, of })}</Notice>
      {missing.length ? (
        <details>
          <summary>{t('chart.export.missing', { count: missing.length })}</summary>
          <ul>
            {missing.map((each) => (
              <li key={each.handle}>
                <Said>{each.handle}</Said>: {each.codes.join(' ')}{' '}
                {t(`reason.${each.reason}` as 'reason.NO_GRANT', { defaultValue: code('status', each.reason) })}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {unread.length ? (
        <section aria-labelledby="unread">
          <h2 id="unread">{t('chart.export.unread')}</h2>
          <ul>
            {unread.map((each) => (
              <li key={each.handle}>
                <Said>{each.text || each.handle}</Said>
              </li>
            ))}
          </ul>
          <Button onClick={read}>{t('chart.export.read')}</Button>
        </section>
      ) : null}
    </>
  )
}
