/** What a finding of a rule says, taken apart so that it can be said in each language. */
export type Told =
  | { readonly kind: 'asked'; readonly count: number; readonly from: string; readonly to: string }
  | { readonly kind: 'volume'; readonly count: number; readonly day: string; readonly limit: number }
  | Witnessed

/** What witnessing brought to light: `gateway/witness_findings.py` and `audit/feeding.py` write it. */
type Witnessed =
  | { readonly kind: 'unwitnessed'; readonly count: number }
  | { readonly kind: 'forked'; readonly log: string; readonly size: number }
  | { readonly kind: 'ahead'; readonly witness: string; readonly seen: number; readonly signed: number }
  | { readonly kind: 'otherRoot' | 'noExtension'; readonly witness: string; readonly size: number }

const ASKED = /^[A-Z_]+: (\d{1,9}) questions from (\S{1,40}) to (\S{1,40})$/
const VOLUME = /^VOLUME: (\d{1,9}) questions on (\d{4}-\d\d-\d\d), ordinary are up to (\d{1,9})$/

const UNWITNESSED = /^no quorum of witnesses has cosigned the log for (\d{1,12}) s$/
const FORKED = /^log (\S{1,200}): has signed two roots for size (\d{1,12})$/
const AHEAD = /^witness (\S{1,200}): says it has seen (\d{1,12}) leaves, we have signed (\d{1,12})$/
const OTHER_ROOT = /^witness (\S{1,200}): has seen another root for (\d{1,12}) leaves$/
const NO_EXTENSION = /^witness (\S{1,200}): does not see .{1,200} as an extension of (\d{1,12}) leaves$/

/** The parts of a text that the rules of signals or witnessing write; null for any other, which is shown as it stands. */
export function told(text: string): Told | null {
  const [, count, from, to] = ASKED.exec(text) ?? []
  if (count && from && to) return { kind: 'asked', count: Number(count), from, to }
  const [, many, day, limit] = VOLUME.exec(text) ?? []
  if (many && day && limit) return { kind: 'volume', count: Number(many), day, limit: Number(limit) }
  return witnessed(text)
}

function witnessed(text: string): Witnessed | null {
  const [, seconds] = UNWITNESSED.exec(text) ?? []
  if (seconds) return { kind: 'unwitnessed', count: Math.floor(Number(seconds) / 60) }
  const [, log, at] = FORKED.exec(text) ?? []
  if (log && at) return { kind: 'forked', log, size: Number(at) }
  const [, before, seen, signed] = AHEAD.exec(text) ?? []
  if (before && seen && signed) return { kind: 'ahead', witness: before, seen: Number(seen), signed: Number(signed) }
  for (const [kind, form] of [['otherRoot', OTHER_ROOT], ['noExtension', NO_EXTENSION]] as const) {
    const [, witness, size] = form.exec(text) ?? []
    if (witness && size) return { kind, witness, size: Number(size) }
  }
  return null
}
