import { describe, expect, it } from 'vitest'
import { COLUMNS, readReference } from './reference'

const HEADS = COLUMNS.join(';')
const ROW = 'customs;0803;VALUE_PER_KG;USD;2026-01-01;2026-12-31;412;0,80;0,88;0,97'

describe('a reference for prices', () => {
  it('is read by the names of its columns', () => {
    expect(readReference(`\ufeff${HEADS}\r\n${ROW}\r\n\r\n`).rows).toEqual([
      { source: 'customs', hsCode: '0803', measure: 'VALUE_PER_KG', unit: 'USD', begin: '2026-01-01', end: '2026-12-31', number: '412', q1: '0,80', median: '0,88', q3: '0,97' },
    ])
  })
  it('may have commas, another order, and quoted cells', () => {
    const heads = [...COLUMNS].reverse()
    const cells = ['0.97', '0.88', '0.80', '412', '2026-12-31', '2026-01-01', 'USD', 'VALUE_PER_KG', '0803', '"customs, ""north"" office"']
    const [row] = readReference(`${heads.join(',')}\n${cells.join(',')}`).rows
    expect([row?.source, row?.hsCode, row?.q3]).toEqual(['customs, "north" office', '0803', '0.97'])
  })
  it('that lacks a column gives no row and names the column', () =>
    expect(readReference(`source;hsCode\ncustoms;0803`)).toEqual({ rows: [], missing: COLUMNS.slice(2) }))
  it('of nothing lacks all columns', () => expect(readReference('').missing).toEqual(COLUMNS))
})
