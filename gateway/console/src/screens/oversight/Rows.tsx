import type { ResultOf } from 'gql.tada'
import { Link } from 'react-router'
import type { logSearch } from '../../generated/texts'
import { NodeBadge } from '../../parts/Marks'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

export type LogRow = ResultOf<typeof logSearch>['logSearch']['rows'][number]

/** Entries of the log; one of an exchange leads to it. */
export function Rows({ caption, rows }: { caption: string; rows: readonly LogRow[] }) {
  const { t, code } = useTexts()
  const what = ({ kind, action }: LogRow) => (action && kind !== 'LOG_READ' ? code('logAct', action) : code('entry', kind))
  const reason = (each: string) => t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each })
  return (
    <Table
      caption={caption}
      rows={rows}
      id={({ index }) => String(index)}
      findable={rows.length > 20}
      columns={[
        { key: 'index', title: t('oversight.column.index'), numeric: true, text: ({ index }) => index, show: ({ index }) => index },
        { key: 'when', title: t('oversight.column.when'), text: ({ at }) => at, show: ({ at }) => <Time at={at} /> },
        {
          key: 'what',
          title: t('oversight.column.what'),
          text: (row) => `${what(row)} ${row.kind} ${row.action ?? ''}`,
          show: (row) => (
            <>
              {row.queryId ? <Link to={`/audit/record/${encodeURIComponent(row.queryId)}`}>{what(row)}</Link> : what(row)}{' '}
              <small>{row.action ?? row.kind}</small>{' '}
              {row.selfLookup ? <strong className="badge h1">{t('oversight.search.self')}</strong> : null}
            </>
          ),
        },
        {
          key: 'who',
          title: t('oversight.column.who'),
          text: ({ asker, unit }) => `${asker ?? ''} ${unit ?? ''}`,
          show: ({ asker, unit, partner }) => (
            <>
              {partner ? <NodeBadge node={partner} /> : null} {asker ? <code className="whole">{asker.slice(0, 14)}</code> : '—'} <small>{unit}</small>
            </>
          ),
        },
        {
          key: 'where',
          title: t('oversight.column.where'),
          text: ({ nodes }) => nodes.join(' '),
          show: ({ nodes }) => nodes.map((each) => <NodeBadge key={each} node={each} />),
        },
        {
          key: 'why',
          title: t('oversight.column.why'),
          text: ({ purpose }) => purpose ?? '',
          show: ({ purpose }) => (purpose ? code('purpose', purpose) : '—'),
        },
        {
          key: 'outcome',
          title: t('oversight.column.outcome'),
          text: ({ statuses }) => statuses.join(' '),
          show: ({ statuses, reasons }) => (
            <>
              {statuses.map((each) => code('status', each)).join(', ') || '—'} <small>{reasons.map(reason).join('; ')}</small>
            </>
          ),
        },
        { key: 'results', title: t('oversight.column.results'), numeric: true, text: ({ results }) => results ?? -1, show: ({ results }) => results ?? '—' },
      ]}
    />
  )
}
