import { useId, useMemo, useState } from 'react'
import { useRead } from '../../api/asked'
import { recordKinds } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { useTexts } from '../../shell/texts'

interface Props {
  /** Kinds of records whose properties are offered; `*` is every kind. */
  readonly schemata: readonly string[]
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

const OFFERED = 24

/** Properties that are not shown, found by their names as the model has them. */
export function PropertyPicker({ schemata, chosen, onChange }: Props) {
  const { t, code } = useTexts()
  const id = useId()
  const { data } = useRead(recordKinds, {})
  const [wanted, setWanted] = useState('')
  const names = useMemo(() => {
    const kinds = data?.recordKinds.filter(({ name }) => schemata.includes('*') || schemata.includes(name)) ?? []
    return [...new Set(kinds.flatMap(({ properties }) => properties))].sort()
  }, [data, schemata])
  const found = names.filter((each) => !chosen.includes(each) && meets(each, code('property', each), wanted))
  return (
    <fieldset className="picker" aria-describedby={`${id}-hint`}>
      <legend>{t('liaison.new.masked')}</legend>
      <small id={`${id}-hint`}>{t('liaison.new.maskedHint')}</small>
      <ul className="chosen">
        {chosen.length ? null : <li className="none">{t('liaison.new.maskNone')}</li>}
        {chosen.map((each) => (
          <li key={each}>
            <Button pressed onClick={() => onChange(chosen.filter((one) => one !== each))}>
              {code('property', each)} <span aria-hidden="true">×</span>
            </Button>
          </li>
        ))}
      </ul>
      <TextField label={t('liaison.new.findProperty')} type="search" value={wanted} onChange={setWanted} />
      <ul className="chosen">
        {found.slice(0, OFFERED).map((each) => (
          <li key={each}>
            <Button pressed={false} onClick={() => onChange([...chosen, each])}>
              {code('property', each)}
            </Button>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}

function meets(name: string, label: string, wanted: string): boolean {
  const text = wanted.trim().toLowerCase()
  return name.toLowerCase().includes(text) || label.toLowerCase().includes(text)
}
