import { describe, expect, it } from 'vitest'
import { exported, sources } from './exported'

const record = (node: string, ...grants: string[]) => ({ handle: `${node}/1`, node, record: { grants } })
const asked = (node: string, status: string) => ({ node, status, reasons: [] })

describe('the sources of a report', () => {
  it('are named by node with their grants; a node that was silent once has not answered', () => {
    const told = exported(
      JSON.stringify({
        nodes: [asked('se.polisen', 'ANSWERED'), asked('eu.europol', 'TIMED_OUT'), asked('eu.europol', 'ANSWERED')],
        records: [record('se.polisen', 'g-2@1', 'g-1@1'), record('se.polisen', 'g-1@1')],
      }),
    )
    expect(sources(told)).toEqual([
      { node: 'eu.europol', records: 0, grants: [], statuses: ['ANSWERED', 'TIMED_OUT'], answered: false },
      { node: 'se.polisen', records: 2, grants: ['g-1@1', 'g-2@1'], statuses: ['ANSWERED'], answered: true },
    ])
  })
})
