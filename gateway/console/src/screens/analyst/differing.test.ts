import { expect, it } from 'vitest'
import { differing } from './differing'

type Claims = Parameters<typeof differing>[0]
const record = (properties: Record<string, string[]>) =>
  ({ record: { properties: Object.entries(properties).map(([name, values]) => ({ name, values })) } }) as unknown as Claims[number]

it('names what two records contradict each other in, before the rest', () => {
  const one = record({ name: ['A', 'B'], sealNumber: ['1'], weight: ['5'] })
  const other = record({ name: ['B', 'A'], sealNumber: ['2'] })
  expect(differing([one, other])).toEqual([
    { name: 'sealNumber', values: ['1', '2'], differs: true },
    { name: 'name', values: ['A · B', 'A · B'], differs: false },
    { name: 'weight', values: ['5', null], differs: false },
  ])
})
