import { describe, expect, it } from 'vitest'
import { beside, counted, read } from './seen'

const ANSWER = JSON.stringify({
  hit: true,
  contact: { count: 3, spoc: 'SPOC', reference: 'R', categories: [] },
  records: [
    {
      id: 'se-p-1', schema: 'Person', caption: 'Å', handling: ['H0'], mode: 'record', masked: ['birthDate', '*'],
      properties: [{ name: 'name', values: ['Å', 3] }, 'no property'],
    },
    null,
  ],
})
const OURS = JSON.stringify({
  records: [{ id: 'se-p-1', schema: 'Person', properties: [{ name: 'birthDate', values: ['1970'] }, { name: 'name', values: ['Å'] }] }],
})

describe('what a partner sees', () => {
  it('is read out of the answer, and nothing else', () => {
    const { records, contacts } = read([ANSWER, '[]', '7'])
    expect(contacts).toEqual([{ count: 3, spoc: 'SPOC' }])
    expect(records).toHaveLength(1)
    expect(records[0]?.properties.get('name')).toEqual(['Å'])
  })
  it('stands beside ours, property by property', () => {
    expect(beside(read([OURS]).records[0], read([ANSWER]).records[0])).toEqual([
      { name: 'birthDate', ours: ['1970'], theirs: null, told: true },
      { name: 'name', ours: ['Å'], theirs: ['Å'], told: false },
    ])
    expect(beside(read([OURS]).records[0], undefined).every(({ theirs, told }) => theirs === null && !told)).toBe(true)
  })
  it('counts what falls out', () => {
    const theirs = [{ schema: 'Person', tier: 'core', records: 2 }, { schema: 'Person', tier: 'contact', records: 1 }]
    expect(counted([{ schema: 'Person', tier: 'record', records: 5 }, { schema: 'Port', tier: 'record', records: 1 }], theirs)).toEqual([
      { schema: 'Person', ours: 5, theirs, fallOut: 2 },
      { schema: 'Port', ours: 1, theirs: [], fallOut: 1 },
    ])
  })
})
