import { visibleText } from '../../parts/visible'

const BEGINS = /((?:^|[,;|\t\r\n])[\s'"]*)([=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫])/gu

/** A quoted cell on one line, with an apostrophe wherever a spreadsheet would begin a formula, as the node's exports. */
export function cell(value: string): string {
  const line = visibleText(value.replace(/\s*[\t\r\n]+\s*/g, ' '))
  return `"${line.replace(BEGINS, "$1'$2").replaceAll('"', '""')}"`
}

/** Rows as a table for spreadsheets (RFC 4180), with the byte order mark that they need for names. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
