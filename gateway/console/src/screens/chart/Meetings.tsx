import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { nodeOf } from './contents'
import { NEAR_KM } from './places'
import type { Meeting } from './places'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'
import { nameOf } from './view'

/** Same day, near each other, records of two countries: a question, not a finding. */
export function Meetings({ met, desk, chosen }: { met: readonly Meeting[]; desk: Desk; chosen: Chosen }) {
  const { t, code } = useTexts()
  if (!met.length) return null
  const shown = new Map(desk.view.nodes.flatMap(({ id, handles }) => handles.map((each) => [each, id] as const)))
  return (
    <section className="panel" aria-labelledby="chart-met">
      <h2 id="chart-met">{t('chart.met.title', { km: NEAR_KM })}</h2>
      <ul className="plain">
        {met.map(({ day, one, other, km }) => (
          <li key={`${day} ${one.handle} ${other.handle}`}>
            <Time at={day} />{t('chart.met.colon')} <NodeBadge node={nodeOf(one.handle)} /> <Said>{nameOf(desk.contents, one.handle, { t, code })}</Said>,{' '}
            <NodeBadge node={nodeOf(other.handle)} /> <Said>{nameOf(desk.contents, other.handle, { t, code })}</Said>,{' '}
            {t('chart.met.km', { km: Math.round(km) })}{' '}
            <Button onClick={() => chosen.choose([one.handle, other.handle].flatMap((each) => shown.get(each) ?? []))}>{t('chart.show')}</Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
