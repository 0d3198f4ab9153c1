import { Link } from 'react-router'
import { Marks } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import type { Matched } from './kinds'

/** The own service's records that a question finds: what a decision is about. */
export function MatchedRecords({ records }: { records: readonly Matched[] }) {
  const { t, code } = useTexts()
  return (
    <Table
      caption={t('liaison.decide.records')}
      rows={records}
      id={({ id }) => id}
      empty={t('liaison.decide.noRecords')}
      columns={[
        { key: 'schema', title: t('liaison.decide.schema'), text: ({ schema }) => code('schema', schema), show: ({ schema }) => code('schema', schema) },
        {
          key: 'caption',
          title: t('liaison.decide.caption'),
          text: ({ caption, id }) => caption ?? id,
          show: ({ caption, id }) => (
            <>
              <Said>{caption}</Said>{' '}
              <Link to={`/explain?record=${encodeURIComponent(id)}`}>
                <small>{id}</small>
              </Link>
            </>
          ),
        },
        { key: 'case', title: t('liaison.item.case'), text: (row) => row.case ?? '', show: (row) => <Said>{row.case}</Said> },
        { key: 'handling', title: t('liaison.decide.handling'), show: ({ handling }) => <Marks handling={handling} /> },
      ]}
    />
  )
}
