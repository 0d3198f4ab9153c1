import { useId, useState } from 'react'

interface Props {
  readonly label: string
  readonly value: number
  readonly least: number
  readonly most: number
  readonly step?: number
  /** What the value is called. */
  readonly said: (value: number) => string
  /** Told when the person has come to a value, not on the way there. */
  readonly onSettle: (value: number) => void
  /** Told on the way there as well. */
  readonly onSlide?: (value: number) => void
}

/** The system's own slider: dragged, or moved by keys. */
export function Slider({ label, value, least, most, step = 1, said, onSettle, onSlide }: Props) {
  const id = useId()
  const [sliding, slide] = useState<number | null>(null)
  const shown = sliding ?? value
  const settle = () => {
    if (sliding === null) return
    slide(null)
    if (sliding !== value) onSettle(sliding)
  }
  return (
    <div className="field slider">
      <label htmlFor={id}>
        {label}: <output htmlFor={id}>{said(shown)}</output>
      </label>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={shown}
        aria-valuetext={said(shown)}
        onChange={(event) => {
          const told = Number(event.target.value)
          slide(told)
          onSlide?.(told)
        }}
        onPointerUp={settle}
        onKeyUp={settle}
        onBlur={settle}
      />
    </div>
  )
}
