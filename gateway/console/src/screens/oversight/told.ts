/** What a finding of a rule says, taken apart so that it can be said in each language. */
export type Told =
  | { readonly kind: 'asked'; readonly count: number; readonly from: string; readonly to: string }
  | { readonly kind: 'volume'; readonly count: number; readonly day: string; readonly limit: number }

const ASKED = /^[A-Z_]+: (\d{1,9}) questions from (\S{1,40}) to (\S{1,40})$/
const VOLUME = /^VOLUME: (\d{1,9}) questions on (\d{4}-\d\d-\d\d), ordinary are up to (\d{1,9})$/

/** The parts of a text that the rules of signals write; null for any other, which is shown as it stands. */
export function told(text: string): Told | null {
  const [, count, from, to] = ASKED.exec(text) ?? []
  if (count && from && to) return { kind: 'asked', count: Number(count), from, to }
  const [, many, day, limit] = VOLUME.exec(text) ?? []
  if (many && day && limit) return { kind: 'volume', count: Number(many), day, limit: Number(limit) }
  return null
}
