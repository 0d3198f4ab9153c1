import { TextField } from '../../parts/Field'
import { useTexts } from '../../shell/texts'

export interface Limits {
  readonly knots: string
  readonly days: string
  /** References of records, with space between. */
  readonly areas: string
}

export const LIMITS: Limits = { knots: '50', days: '7', areas: '' }

/** What the rules take for too fast and for too far apart, and areas that are looked at as well. */
export function VesselLimits({ limits, onChange }: { limits: Limits; onChange: (limits: Limits) => void }) {
  const { t } = useTexts()
  return (
    <details>
      <summary>{t('vessels.limits.title')}</summary>
      <div className="form row">
        <TextField label={t('vessels.limits.knots')} type="number" min={5} max={200} required value={limits.knots} onChange={(knots) => onChange({ ...limits, knots })} />
        <TextField label={t('vessels.limits.days')} type="number" min={1} max={60} required value={limits.days} onChange={(days) => onChange({ ...limits, days })} />
        <TextField label={t('vessels.limits.areas')} value={limits.areas} onChange={(areas) => onChange({ ...limits, areas })} maxLength={2000} />
      </div>
    </details>
  )
}
