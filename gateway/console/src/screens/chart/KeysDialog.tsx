import { Dialog } from '../../parts/Dialog'
import { useTexts } from '../../shell/texts'

const KEYS = ['arrows', 'enter', 'back', 'p', 't', 'f', 'delete', 'ctrlE', 'ctrlI', 'ctrlZ', 'ctrlShiftZ', 'shift', 'escape', 'help'] as const

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  return (
    <Dialog open title={t('chart.keys.title')} onClose={onClose}>
      <dl className="facts">
        {KEYS.map((each) => (
          <div key={each} className="chart-key">
            <dt>
              <kbd>{t(`chart.keys.${each}.key`)}</kbd>
            </dt>
            <dd>{t(`chart.keys.${each}.does`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
