import type { Mandate } from '../../api/mandate'
import type { TextKey } from '../../generated/keys'
import type { Contents } from './contents'
import { claimOf } from './contents'
import type { Chart, Handle } from './model'
import type { View } from './view'

/** Handles that the node takes in one export. */
export const MOST_AT_ONCE = 50

interface Speech {
  readonly t: (key: TextKey, values?: Record<string, string | number>) => string
  readonly code: (kind: string, value: string) => string
}

export interface Around {
  readonly above: readonly string[]
  readonly below: readonly string[]
}

interface Exported {
  readonly id: string
  readonly digest: string
  readonly highWater: { readonly handling: readonly string[]; readonly evaluation: string; readonly tlp: string } | null
}

/** The picture without a word of what may not leave the node: those records are stubs, links that rest on one say nothing. */
export function withoutMissing(view: View, missing: ReadonlySet<Handle>, left: string, chart: Chart): View {
  const gone = (handles: readonly Handle[]) => handles.some((each) => missing.has(each))
  const stubs = new Set(view.nodes.filter(({ handles }) => gone(handles)).map(({ id }) => id))
  return {
    ...view,
    nodes: view.nodes.map((each) => (stubs.has(each.id) ? { ...each, label: left, state: 'withdrawn', schema: '' } : each)),
    links: view.links.map((each) => {
      const rests = each.of.flatMap((id) => chart.links.get(id)?.handles ?? [])
      const silent = stubs.has(each.source) || stubs.has(each.target) || gone(rests)
      return silent ? { ...each, label: '', dashed: true, of: [] } : each
    }),
  }
}

/** What stands around a picture that leaves: whose it is, why, under which codes, and by which exports. */
export function wordsOf(
  exports: readonly Exported[],
  told: Speech & { title: string; demo: string; person: string; mandate: Mandate; at: string },
): Around {
  const marks = exports.flatMap(({ highWater }) => (highWater ? [highWater] : []))
  const handling = [...new Set(marks.flatMap((each) => each.handling))].sort()
  const strictest = [...new Set(marks.map(({ tlp }) => `TLP:${tlp}`))].join(' ')
  return {
    above: [
      [told.title, told.demo].filter(Boolean).join(' · '),
      `${told.mandate.case} · ${told.code('purpose', told.mandate.purpose)} · ${[...handling, strictest].join(' ')}`,
    ],
    below: [`${told.person} · ${told.at}`, ...exports.map(({ id, digest }) => `${id} ${digest}`)],
  }
}

/** Records, then links, then what stands around them; nothing of a record that may not leave. */
export function rowsOf(view: View, contents: Contents, around: Around, { t, code }: Speech): readonly (readonly string[])[] {
  const names = new Map(view.nodes.map(({ id, label }) => [id, label]))
  const heads: readonly TextKey[] = ['chart.column.kind', 'chart.column.name', 'chart.column.type', 'chart.column.owner', 'chart.column.marks', 'chart.column.target', 'chart.column.words']
  const records = view.nodes.map((each) => {
    const record = each.state === 'shown' ? claimOf(contents, each.id)?.record : undefined
    const marks = record ? [...record.handling, `${record.source}${record.information}`, `TLP:${record.tlp}`].join(' ') : ''
    return [t('chart.tableRecords'), each.label, each.schema ? code('schema', each.schema) : '', each.node, marks, '', record ? each.id : '']
  })
  const links = view.links.map((each) => [
    t('chart.tableLinks'), names.get(each.source) ?? '', each.label, '', '', names.get(each.target) ?? '',
    each.of.map((id) => contents.sentences.get(id) ?? '').filter(Boolean).join(' '),
  ])
  return [heads.map((each) => t(each)), ...records, ...links, ...[...around.above, ...around.below].map((each) => [each])]
}
