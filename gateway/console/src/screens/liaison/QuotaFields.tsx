import { TextField } from '../../parts/Field'
import { useTexts } from '../../shell/texts'
import type { Quota } from './terms'

const LIMITS = ['questionsHour', 'questionsDay', 'rowsHour', 'rowsDay'] as const
const NONE: Quota = { questionsHour: null, questionsDay: null, rowsHour: null, rowsDay: null }

/** How often each recipient may ask, and how much it may see. */
export function QuotaFields({ quota, onChange }: { quota: Quota | null; onChange: (quota: Quota | null) => void }) {
  const { t } = useTexts()
  const set = (limit: (typeof LIMITS)[number], text: string) => {
    const next = { ...(quota ?? NONE), [limit]: text === '' ? null : Number(text) }
    onChange(LIMITS.every((each) => next[each] === null) ? null : next)
  }
  return (
    <fieldset>
      <legend>{t('liaison.new.quota')}</legend>
      <div className="form row">
        {LIMITS.map((each) => (
          <TextField
            key={each}
            label={t(`liaison.new.${each}`)}
            type="number"
            min={1}
            value={quota?.[each]?.toString() ?? ''}
            onChange={(text) => set(each, text)}
          />
        ))}
      </div>
    </fieldset>
  )
}
