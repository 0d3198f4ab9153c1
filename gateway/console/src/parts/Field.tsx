import { useId } from 'react'
import type { ReactNode } from 'react'

interface Around {
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  /** The label is there for screen readers only: the place says what it is. */
  readonly quiet?: boolean
}

function Labelled({ id, label, hint, error, quiet, children }: Around & { id: string; children: ReactNode }) {
  return (
    <div className={quiet ? 'field quiet' : 'field'}>
      <label htmlFor={id} className={quiet ? 'unseen' : undefined}>
        {label}
      </label>
      {hint ? <small id={`${id}-hint`}>{hint}</small> : null}
      {children}
      {error ? (
        <small id={`${id}-error`} className="field-error">
          {error}
        </small>
      ) : null}
    </div>
  )
}

function described(id: string, { hint, error }: Around): string | undefined {
  const parts = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean)
  return parts.length ? parts.join(' ') : undefined
}

interface TextProps extends Around {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly type?: 'text' | 'search' | 'date' | 'datetime-local' | 'month' | 'number' | 'time'
  readonly lines?: number
  readonly required?: boolean
  readonly placeholder?: string
  readonly autoComplete?: string
  readonly maxLength?: number
  readonly min?: number
  readonly max?: number
  /** Of a number; whole ones without it. */
  readonly step?: number
}

export function TextField(props: TextProps) {
  const id = useId()
  const { value, onChange, type = 'text', lines, required, placeholder, maxLength = 2000, min, max, step } = props
  const shared = {
    id,
    value,
    required,
    placeholder,
    maxLength,
    autoComplete: props.autoComplete ?? 'off',
    spellCheck: false,
    'aria-describedby': described(id, props),
    'aria-invalid': props.error ? true : undefined,
  }
  return (
    <Labelled id={id} {...props}>
      {lines ? (
        <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input {...shared} type={type} min={min} max={max} step={step} onChange={(event) => onChange(event.target.value)} />
      )}
    </Labelled>
  )
}

export interface Option<Value extends string> {
  readonly value: Value
  readonly label: string
}

interface SelectProps<Value extends string> extends Around {
  readonly value: Value
  readonly options: readonly Option<Value>[]
  readonly onChange: (value: Value) => void
}

/** The system's own list: it works with every keyboard, screen reader and touch screen. */
export function SelectField<Value extends string>(props: SelectProps<Value>) {
  const id = useId()
  return (
    <Labelled id={id} {...props}>
      <select
        id={id}
        value={props.value}
        aria-describedby={described(id, props)}
        onChange={(event) => {
          const chosen = props.options.find(({ value }) => value === event.target.value)
          if (chosen) props.onChange(chosen.value)
        }}
      >
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

interface CheckProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
  /** The label is there for screen readers only: the row says what is chosen. */
  readonly quiet?: boolean
}

export function CheckField({ label, checked, onChange, disabled, quiet }: CheckProps) {
  const id = useId()
  return (
    <div className="check">
      <input id={id} type="checkbox" checked={checked} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />
      <label htmlFor={id} className={quiet ? 'unseen' : undefined}>
        {label}
      </label>
    </div>
  )
}
