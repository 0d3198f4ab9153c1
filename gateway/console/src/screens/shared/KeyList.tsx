import { useTexts } from '../../shell/texts'

/** The keys that work everywhere; a chart has more, and shows them itself. */
export function KeyList() {
  const { t } = useTexts()
  return (
    <>
      <dl className="facts">
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>{t('shared.keys.search')}</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{t('shared.keys.help')}</dd>
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>{t('shared.keys.escape')}</dd>
      </dl>
      <small>{t('shared.keys.single')}</small>
    </>
  )
}
