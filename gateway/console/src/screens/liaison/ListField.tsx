import { useState } from 'react'
import { TextField } from '../../parts/Field'
import { useTexts } from '../../shell/texts'
import { listed } from './terms'

interface Props {
  readonly label: string
  readonly value: readonly string[]
  readonly onChange: (value: string[]) => void
}

/** Several ids in one field, as people write them; what was typed stays as it was typed. */
export function ListField({ label, value, onChange }: Props) {
  const { t } = useTexts()
  const [typed, setTyped] = useState(value.join(' '))
  return (
    <TextField
      label={label}
      hint={t('liaison.new.list')}
      value={typed}
      onChange={(text) => {
        setTyped(text)
        onChange(listed(text))
      }}
    />
  )
}
