import { useId } from 'react'
import { TextField } from '../../parts/Field'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { COLUMNS } from './reference'
import type { Row } from './reference'

const LARGEST = 1 << 20

/** A table of quartiles that a service made of its own statistics: pasted, or read from a file; kept nowhere. */
export function ReferenceField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useTexts()
  const id = useId()
  return (
    <>
      <TextField label={t('money.prices.reference')} hint={`${t('money.prices.referenceHint')} ${COLUMNS.join(';')}`} value={text} onChange={onChange} lines={4} required maxLength={LARGEST} />
      <div className="field">
        <label htmlFor={id}>{t('money.prices.file')}</label>
        <input
          id={id}
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file && file.size <= LARGEST) void file.text().then(onChange)
          }}
        />
      </div>
    </>
  )
}

/** What is compared with, as it was read: its source, its period, how many records it rests on. */
export function ReferenceTable({ rows }: { rows: readonly Row[] }) {
  const { t } = useTexts()
  const measure = (each: string) => t(`money.measure.${each}` as 'money.measure.VALUE_PER_KG', { defaultValue: each })
  return (
    <Table
      caption={t('money.prices.read')}
      rows={rows.map((row, place) => ({ ...row, place }))}
      id={({ place }) => String(place)}
      columns={[
        { key: 'source', title: t('money.column.source'), text: ({ source }) => source, show: ({ source }) => <Said>{source}</Said> },
        { key: 'code', title: t('money.column.code'), text: ({ hsCode }) => hsCode, show: ({ hsCode }) => <Said>{hsCode}</Said> },
        { key: 'measure', title: t('money.column.measure'), show: (row) => <Said>{measure(row.measure)}</Said> },
        { key: 'unit', title: t('money.column.unit'), show: ({ unit }) => <Said>{unit}</Said> },
        { key: 'from', title: t('money.column.begin'), show: ({ begin }) => <Time at={begin} /> },
        { key: 'to', title: t('money.column.until'), show: ({ end }) => <Time at={end} /> },
        { key: 'number', title: t('money.column.number'), numeric: true, show: (row) => <Said>{row.number}</Said> },
        { key: 'q1', title: t('money.column.q1'), numeric: true, show: ({ q1 }) => <Said>{q1}</Said> },
        { key: 'median', title: t('money.column.median'), numeric: true, show: ({ median }) => <Said>{median}</Said> },
        { key: 'q3', title: t('money.column.q3'), numeric: true, show: ({ q3 }) => <Said>{q3}</Said> },
      ]}
    />
  )
}
