/** How a vessel is named: by a number that is followed at once, or by what has to be looked for first. */
export type Named = 'number' | 'callSign' | 'name'
export const NAMED: readonly Named[] = ['number', 'callSign', 'name']

const NUMBER = /^(?:IMO|MMSI)?\s*:?\s*(?:\d{7}|\d{9})$/i
/** Radio Regulations, Nos. 19.50 to 19.58; letters alone are more often a name. */
const CALL_SIGN = /^(?=.*\d)(?:[A-Z]{2}|[A-Z][2-9]|[2-9][A-Z])(?:[A-Z]{2}[2-9]?|[A-Z]?\d{4})$/i

/** What a text looks like; whoever asks can say otherwise. */
export function named(text: string): Named {
  const plain = text.trim()
  if (NUMBER.test(plain)) return 'number'
  return CALL_SIGN.test(plain.replaceAll(/[\s-]/g, '')) ? 'callSign' : 'name'
}
