import { useTexts } from '../shell/texts'

/** A moment in the browser's zone, with that zone; a day alone keeps its precision. */
export function Time({ at }: { at: string | null | undefined }) {
  const { language } = useTexts()
  if (!at) return <span className="none">—</span>
  return <time dateTime={at}>{moment(at, language)}</time>
}

/** A moment or a day as people of that language write it; English as in Europe, the day first. */
export function moment(at: string, spoken: string): string {
  const language = spoken === 'en' ? 'en-GB' : spoken
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  if (/^\d{4}-\d\d-\d\d$/.test(at)) return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(date)
  if (/^\d{4}(-\d\d)?$/.test(at)) {
    const month = at.length > 4 ? ({ month: 'long' } as const) : {}
    return new Intl.DateTimeFormat(language, { year: 'numeric', timeZone: 'UTC', ...month }).format(date)
  }
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(date)
}
