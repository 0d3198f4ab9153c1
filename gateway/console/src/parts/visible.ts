/* Unicode's bidirectional controls, zero-width signs, C0 and C1: what could make a text look like another one. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu // eslint-disable-line no-control-regex -- these are what it looks for

export const LONGEST = 400

export interface Piece {
  readonly text: string
  /** The code point of a character that would not be seen, e.g. `U+202E`. */
  readonly unseen: boolean
}

/** A foreign text in pieces, invisible characters named; at most `longest` characters of it. */
export function visible(text: string, longest = LONGEST): readonly Piece[] {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text
  const pieces: Piece[] = []
  let from = 0
  for (const found of cut.matchAll(UNSEEN)) {
    if (found.index > from) pieces.push({ text: cut.slice(from, found.index), unseen: false })
    const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    pieces.push({ text: `U+${code}`, unseen: true })
    from = found.index + found[0].length
  }
  if (from < cut.length) pieces.push({ text: cut.slice(from), unseen: false })
  return pieces
}

/** The same as one text, for places that take nothing else: the chart, a title. */
export function visibleText(text: string): string {
  return visible(text)
    .map((each) => (each.unseen ? `⟨${each.text}⟩` : each.text))
    .join('')
}
