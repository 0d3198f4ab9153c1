import { moment } from './Time'
import type { Language } from '../shell/texts'

/* Properties whose values are countries: two letters, as ISO 3166 writes them. */
const COUNTRIES = new Set([
  'birthCountry', 'citizenship', 'contextCountry', 'country', 'departureCountry', 'destinationCountry', 'detectedCountry',
  'flag', 'jurisdiction', 'mainCountry', 'nationality', 'originCountry', 'pastFlags', 'tradingCountry',
])
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))?$/

/** A value of a property as people read it: a country by its name, a day or a moment as they write it. */
export function readable(name: string, value: string, language: Language): string {
  if (COUNTRIES.has(name) && /^[a-z]{2}$/i.test(value)) {
    const code = value.toUpperCase()
    const said = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(code)
    return said ? `${said} (${code})` : value
  }
  return MOMENT.test(value) ? moment(value, language) : value
}
