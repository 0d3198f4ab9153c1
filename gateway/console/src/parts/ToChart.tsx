import { useNavigate } from 'react-router'
import { addToChart } from '../api/chart'
import { useTexts } from '../shell/texts'
import { Button } from './Button'

/** Puts records on the chart and goes there. */
export function ToChart({ handles }: { handles: readonly string[] }) {
  const { t } = useTexts()
  const go = useNavigate()
  if (!handles.length) return null
  return (
    <Button
      onClick={() => {
        addToChart(handles)
        void go('/chart')
      }}
    >
      {t(handles.length > 1 ? 'chart.addAll' : 'chart.addOne')}
    </Button>
  )
}
