import { Button } from '../../parts/Button'
import { useTexts } from '../../shell/texts'
import { EUROPE, zoomed } from './frame'
import type { Frame } from './frame'

const NEARER = 0.5

/** What part of the map is seen: nearer, farther, all places (`null`), Europe. */
export function MapFrames({ frame, onFrame }: { frame: Frame; onFrame: (frame: Frame | null) => void }) {
  const { t } = useTexts()
  return (
    <>
      <Button onClick={() => onFrame(zoomed(frame, NEARER))}>{t('chart.map.nearer')}</Button>
      <Button onClick={() => onFrame(zoomed(frame, 1 / NEARER))}>{t('chart.map.farther')}</Button>
      <Button onClick={() => onFrame(null)}>{t('chart.map.places')}</Button>
      <Button onClick={() => onFrame(EUROPE)}>{t('chart.map.europe')}</Button>
    </>
  )
}
