import { CheckField } from '../../parts/Field'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import type { Column } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { claimOf } from './contents'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'
import type { ShownLink, ShownNode } from './view'

/** The picture as two tables: the same records and links, the same selection, the same commands above. */
export function Twin({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t, code } = useTexts()
  const { view, contents } = desk
  const names = new Map(view.nodes.map(({ id, label }) => [id, label]))
  const states = ({ state, pinned, fresh }: ShownNode) =>
    [t(`chart.state.${state}`), ...(pinned ? [t('chart.state.pinned')] : []), ...(fresh ? [t('chart.state.fresh')] : [])].join(', ')
  const nodes: Column<ShownNode>[] = [
    {
      key: 'chosen',
      title: t('chart.column.chosen'),
      show: ({ id, label }) => (
        <CheckField quiet label={t('chart.chooseOf', { name: label })} checked={chosen.ids.has(id)} onChange={() => chosen.choose([id], true)} />
      ),
    },
    { key: 'name', title: t('chart.column.name'), text: ({ label }) => label, show: ({ label }) => <Said>{label}</Said> },
    {
      key: 'type',
      title: t('chart.column.type'),
      text: ({ schema }) => code('schema', schema),
      show: ({ schema }) => (schema ? code('schema', schema) : t('chart.notShown')),
    },
    { key: 'owner', title: t('chart.column.owner'), text: ({ node }) => node, show: ({ node }) => (node ? <NodeBadge node={node} /> : '') },
    {
      key: 'marks',
      title: t('chart.column.marks'),
      show: ({ id }) => {
        const claim = claimOf(contents, id)
        return claim ? <Marks {...claim.record} /> : null
      },
    },
    { key: 'links', title: t('chart.column.links'), numeric: true, text: ({ links }) => links, show: ({ links }) => links },
    {
      key: 'state',
      title: t('chart.column.state'),
      text: (row) => states(row),
      show: (row) => states(row),
    },
  ]
  const links: Column<ShownLink>[] = [
    { key: 'source', title: t('chart.column.source'), text: ({ source }) => names.get(source) ?? '', show: ({ source }) => <Said>{names.get(source)}</Said> },
    { key: 'label', title: t('chart.column.link'), text: ({ label }) => label, show: ({ label }) => <Said>{label}</Said> },
    { key: 'target', title: t('chart.column.target'), text: ({ target }) => names.get(target) ?? '', show: ({ target }) => <Said>{names.get(target)}</Said> },
    {
      key: 'state',
      title: t('chart.column.state'),
      text: ({ fresh }) => (fresh ? t('chart.state.fresh') : ''),
      show: ({ fresh }) => (fresh ? t('chart.state.fresh') : ''),
    },
    {
      key: 'words',
      title: t('chart.column.words'),
      show: ({ of }) => of.map((each) => contents.sentences.get(each)).filter(Boolean).map((each) => <p key={each}><Said>{each ?? ''}</Said></p>),
    },
  ]
  return (
    <>
      <Table caption={t('chart.tableRecords')} rows={view.nodes} columns={nodes} id={({ id }) => id} empty={t('chart.empty')} findable />
      <Table caption={t('chart.tableLinks')} rows={view.links} columns={links} id={({ id }) => id} findable={view.links.length > 10} />
    </>
  )
}
