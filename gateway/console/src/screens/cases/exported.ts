import type { HighWater } from './shared'

/** What the file of an export holds, as `gateway.export_document` writes it. */
export interface Exported {
  readonly export: string
  readonly madeAt: string
  readonly node: string
  readonly by: string
  readonly use: string
  readonly to: readonly string[]
  readonly persons: readonly string[]
  readonly mandate: { readonly purpose: string; readonly legalBasis: string; readonly case: string }
  readonly highWater: HighWater | null
  readonly nodes: readonly { readonly node: string; readonly status: string; readonly reasons: readonly string[] }[]
  readonly records: readonly ExportedRecord[]
}

export interface ExportedRecord {
  readonly handle: string
  readonly node: string
  readonly record: {
    readonly schema: string
    readonly caption: string | null
    readonly handling: readonly string[]
    readonly source: string
    readonly information: string
    readonly tlp: string
    readonly grants: readonly string[]
    readonly recordedAt: string
    readonly version: number
    readonly properties: readonly { readonly name: string; readonly values: readonly string[] }[]
  }
}

export function exported(content: string): Exported {
  return JSON.parse(content) as Exported
}

/** By node: how many records it gave under which grants, and each status with which it answered. */
export function sources({ nodes, records }: Exported) {
  return [...new Set(nodes.map(({ node }) => node))].sort().map((node) => {
    const given = records.filter((each) => each.node === node)
    const said = nodes.filter((each) => each.node === node)
    return {
      node,
      records: given.length,
      grants: [...new Set(given.flatMap(({ record }) => record.grants))].sort(),
      statuses: [...new Set(said.map(({ status }) => status))].sort(),
      answered: said.every(({ status }) => ANSWERS.has(status)),
    }
  })
}

/** A no-hit and a refusal are answers; silence is none. */
const ANSWERS = new Set(['ANSWERED', 'NO_HIT', 'REFUSED'])
