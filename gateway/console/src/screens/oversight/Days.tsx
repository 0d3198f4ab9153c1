import { scaleLinear } from 'd3-scale'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { perDay } from './weeks'
import './oversight.css'

const HEIGHT = 80

/** Bars per day; each is a button that narrows the period to its day. */
export function Days({ label, moments, onDay }: { label: string; moments: readonly string[]; onDay: (day: string) => void }) {
  const { language } = useTexts()
  const days = perDay(moments)
  if (!days.length) return null
  const height = scaleLinear([0, Math.max(...days.map(({ count }) => count))], [0, HEIGHT])
  return (
    <figure className="panel">
      <figcaption>
        {label}{' '}
        <small>
          {moment(days[0]?.day ?? '', language)} – {moment(days.at(-1)?.day ?? '', language)}
        </small>
      </figcaption>
      <ul className="days">
        {days.map(({ day, count }) => (
          <li key={day}>
            <button type="button" onClick={() => onDay(day)} aria-label={`${moment(day, language)}: ${count}`} title={`${moment(day, language)}: ${count}`}>
              <span style={{ blockSize: `${Math.max(height(count), count ? 2 : 0)}px` }} />
            </button>
          </li>
        ))}
      </ul>
    </figure>
  )
}
