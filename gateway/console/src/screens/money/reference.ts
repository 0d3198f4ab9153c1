/** The columns of a reference, as the node takes them (`sharing/money/reference.py`). */
export const COLUMNS = ['source', 'hsCode', 'measure', 'unit', 'begin', 'end', 'number', 'q1', 'median', 'q3'] as const
export type Row = Record<(typeof COLUMNS)[number], string>

/** What a text is as a reference: its rows, or the columns that it lacks. */
export interface Read {
  readonly rows: readonly Row[]
  readonly missing: readonly string[]
}

/** Cells of CSV (RFC 4180) with semicolons or commas, as the first line has them; a quoted cell may hold either. */
function cells(text: string, between: string): readonly (readonly string[])[] {
  const lines: string[][] = [[]]
  let [cell, quoted] = ['', false]
  const close = () => {
    lines.at(-1)?.push(cell)
    cell = ''
  }
  for (let place = 0; place < text.length; place += 1) {
    const sign = text[place] ?? ''
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (text[place + 1] === '"') {
        cell += sign
        place += 1
      } else quoted = false
    } else if (sign === '"' && cell === '') quoted = true
    else if (sign === between) close()
    else if (sign === '\n') {
      close()
      lines.push([])
    } else if (sign !== '\r') cell += sign
  }
  close()
  return lines.filter((line) => line.some((each) => each.trim()))
}

/** Rows by the columns' names, in whatever order they stand; what they hold is for the node to judge. */
export function readReference(text: string): Read {
  const plain = text.replace(/^\ufeff/, '')
  const between = (plain.split('\n', 1)[0] ?? '').includes(';') ? ';' : ','
  const [heads = [], ...lines] = cells(plain, between)
  const places = heads.map((each) => each.trim())
  const missing = COLUMNS.filter((each) => !places.includes(each))
  if (missing.length) return { rows: [], missing }
  const row = (line: readonly string[]) => Object.fromEntries(COLUMNS.map((each) => [each, line[places.indexOf(each)]?.trim() ?? ''])) as Row
  return { rows: lines.map(row), missing }
}
