import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import { nodeOf } from './contents'
import type { Chosen } from './useChosen'
import type { Desk, PathsFound } from './useDesk'
import { nameOf } from './view'

/** The paths in words; they stay lit on the chart until this is closed. */
export function PathsPanel({ found, desk, chosen, onClose }: { found: PathsFound; desk: Desk; chosen: Chosen; onClose: () => void }) {
  const { t, code } = useTexts()
  return (
    <section className="panel" aria-labelledby="chart-paths">
      <h2 id="chart-paths">{t('chart.paths.title', { count: found.paths.length })}</h2>
      <p role="status">{t(`chart.paths.stopped.${found.stopped}` as 'chart.paths.stopped.DONE', { defaultValue: found.stopped })}</p>
      <ol>
        {found.paths.map(({ handles, sentences }) => (
          <li key={handles.join(' ')}>
            <p className="chart-way">
              {handles.map((each) => (
                <Button key={each} kind="quiet" onClick={() => chosen.choose([each])}>
                  {nameOf(desk.contents, each, { t, code })} <NodeBadge node={nodeOf(each)} />
                </Button>
              ))}
            </p>
            <ul>
              {sentences.map((each) => (
                <li key={each}>
                  <Said>{each}</Said>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      <Button onClick={onClose}>{t('chart.paths.close')}</Button>
    </section>
  )
}
