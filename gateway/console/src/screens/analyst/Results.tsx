import { Link } from 'react-router'
import type { Claim, Picture } from '../../api/picture'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import type { Column } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import { SideBySide } from './SideBySide'

/** The records of all nodes side by side: each row a claim of its owner, nothing merged. */
export function Results({ picture }: { picture: Picture }) {
  const { t, code } = useTexts()
  const ranks = new Map((picture.ranked ?? []).map((each, place) => [each.handle, { ...each, place }]))
  const rows = [...picture.claims].sort(
    (one, other) => (ranks.get(one.handle)?.place ?? 0) - (ranks.get(other.handle)?.place ?? 0),
  )
  const columns: Column<Claim>[] = [
    {
      key: 'what',
      title: t('analyst.column.what'),
      text: ({ record }) => code('schema', record.schema),
      show: ({ record }) => code('schema', record.schema),
    },
    {
      key: 'name',
      title: t('analyst.column.name'),
      text: ({ record }) => record.caption ?? '',
      show: ({ handle, record }) => (
        <>
          <Link to={`/record/${encodeURIComponent(handle)}`}>
            <Said>{record.caption ?? handle}</Said>
          </Link>
          <WhyMet rank={ranks.get(handle)} />
        </>
      ),
    },
    {
      key: 'node',
      title: t('analyst.column.node'),
      text: ({ node }) => node,
      show: ({ node }) => <NodeBadge node={node} />,
    },
    { key: 'marks', title: t('analyst.column.marks'), show: ({ record }) => <Marks {...record} /> },
    {
      key: 'tier',
      title: t('analyst.column.tier'),
      text: ({ record }) => record.mode,
      show: ({ record }) => code('tier', record.mode.toLowerCase()),
    },
    {
      key: 'case',
      title: t('analyst.column.case'),
      text: ({ record }) => record.caseRef ?? '',
      show: ({ record }) => <Said>{record.caseRef}</Said>,
    },
    {
      key: 'recorded',
      title: t('analyst.column.recorded'),
      text: ({ record }) => record.recordedAt,
      show: ({ record }) => <Time at={record.recordedAt} />,
    },
  ]
  return (
    <>
      <Table
        caption={t('analyst.search.results')}
        rows={rows}
        columns={columns}
        id={({ handle }) => handle}
        empty={t('analyst.search.nothing')}
        findable={rows.length > 10}
      />
      <p className="actions">
        <ToChart handles={rows.map(({ handle }) => handle)} />
      </p>
      <SideBySide picture={picture} />
    </>
  )
}

type Rank = NonNullable<Picture['ranked']>[number]

function WhyMet({ rank }: { rank: Rank | undefined }) {
  const { t, code } = useTexts()
  const other = rank?.why.filter(({ how }) => how !== 'EXACT') ?? []
  if (!other.length) return null
  return (
    <small>
      {' '}
      {t('analyst.search.why')}{t('shell.colon')}{' '}
      {other.map(({ asked, held, how }) => t('analyst.search.met', { asked, held, how: code('met', how) })).join('; ')}
    </small>
  )
}
