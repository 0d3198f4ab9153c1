import { expect, test } from 'vitest'
import { answers, otherLanguage, wantedOf } from './documents'
import type { Choice } from './documents'

const CHOICE: Choice = {
  kind: 'CASE',
  language: 'en',
  formats: ['PDF'],
  use: 'INTERNAL',
  to: 'se.polisen, eu.europol',
  persons: ' A. Prosecutor \n\n',
  country: 'SE',
  period: '2026-04',
  others: [],
}
const CASES = ['one', 'two'].map((picture) => ({ mandate: `m-${picture}`, picture, handles: [] }))

test('a case report for the own service names nobody, no month and one case', () => {
  expect(wantedOf(CHOICE, CASES, '')).toMatchObject({ to: [], period: '', country: '', cases: [CASES[0]], persons: ['A. Prosecutor'] })
})

test('a note has its month and all cases', () => {
  expect(wantedOf({ ...CHOICE, kind: 'NOTE' }, CASES, '')).toMatchObject({ period: '2026-04', cases: CASES })
})

test('a hand-over is passed on to those named, in the language of the other', () => {
  expect(wantedOf({ ...CHOICE, kind: 'HANDOVER' }, CASES, 'd')).toMatchObject({ use: 'ONWARD', to: ['se.polisen', 'eu.europol'], acknowledged: 'd' })
  expect([otherLanguage('fr'), otherLanguage('sv'), otherLanguage('en')]).toEqual(['sv', 'fr', 'fr'])
})

test('a node that was silent once did not answer all', () => {
  const told = answers([
    { node: 'se', status: 'ANSWERED' },
    { node: 'fr', status: 'NO_HIT' },
    { node: 'se', status: 'UNREACHABLE' },
    { node: 'fr', status: 'ANSWERED' },
  ])
  expect(told.map(({ node, status, questions }) => [node, status, questions])).toEqual([
    ['fr', 'ANSWERED', 2],
    ['se', 'UNREACHABLE', 2],
  ])
})
