import { useId } from 'react'
import { TextField } from '../../parts/Field'
import { useTexts } from '../../shell/texts'

export interface Typed {
  readonly method: string
  readonly version: string
  readonly compounds: string
}

const LARGEST = 64 * 1024

/** What a laboratory has just measured; it is asked with and kept nowhere. */
export function TypedProfile({ typed, onChange }: { typed: Typed; onChange: (typed: Typed) => void }) {
  const { t } = useTexts()
  const id = useId()
  return (
    <details>
      <summary>{t('profiles.typed')}</summary>
      <div className="form row">
        <TextField label={t('profiles.method')} value={typed.method} onChange={(method) => onChange({ ...typed, method })} maxLength={64} />
        <TextField label={t('profiles.version')} value={typed.version} onChange={(version) => onChange({ ...typed, version })} maxLength={64} />
      </div>
      <TextField
        label={t('profiles.compounds')}
        hint={t('profiles.hint')}
        value={typed.compounds}
        onChange={(compounds) => onChange({ ...typed, compounds })}
        lines={8}
        maxLength={LARGEST}
      />
      <div className="field">
        <label htmlFor={id}>{t('profiles.file')}</label>
        <input
          id={id}
          type="file"
          accept=".txt,.csv,text/plain"
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file && file.size <= LARGEST) void file.text().then((compounds) => onChange({ ...typed, compounds }))
          }}
        />
      </div>
    </details>
  )
}
