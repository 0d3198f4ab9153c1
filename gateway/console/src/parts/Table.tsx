import type { ReactNode } from 'react'
import { useMemo, useState } from 'react'
import { useTexts } from '../shell/texts'
import { Button } from './Button'
import { TextField } from './Field'

export interface Column<Row> {
  readonly key: string
  readonly title: string
  readonly show: (row: Row) => ReactNode
  /** What the row is sorted and found by; without it the column is neither. */
  readonly text?: (row: Row) => string | number
  readonly numeric?: boolean
}

interface Props<Row> {
  readonly caption: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly id: (row: Row) => string
  readonly empty?: ReactNode
  /** A field above that filters by what the columns' texts hold. */
  readonly findable?: boolean
}

const PAGE = 100

/** A real table: sorted by its headings, filtered by one field, a hundred rows at a time. */
export function Table<Row>({ caption, rows, columns, id, empty, findable }: Props<Row>) {
  const { t, language } = useTexts()
  const [sorted, setSorted] = useState<{ key: string; down: boolean } | null>(null)
  const [wanted, setWanted] = useState('')
  const [shown, setShown] = useState(PAGE)
  const found = useMemo(() => {
    const text = (row: Row) => columns.map((each) => each.text?.(row) ?? '').join(' ').toLocaleLowerCase(language)
    const words = wanted.toLocaleLowerCase(language).split(/\s+/).filter(Boolean)
    const kept = words.length ? rows.filter((row) => words.every((word) => text(row).includes(word))) : [...rows]
    const by = columns.find((each) => each.key === sorted?.key)?.text
    if (!sorted || !by) return kept
    const order = new Intl.Collator(language, { numeric: true })
    const compare = (one: Row, other: Row) => {
      const [left, right] = [by(one), by(other)]
      return typeof left === 'number' && typeof right === 'number' ? left - right : order.compare(String(left), String(right))
    }
    return kept.sort((one, other) => (sorted.down ? compare(other, one) : compare(one, other)))
  }, [rows, columns, sorted, wanted, language])
  if (rows.length === 0) return <div className="empty">{empty ?? t('shell.nothing')}</div>
  return (
    <div className="table-around">
      {findable ? <TextField label={t('shell.filter')} type="search" value={wanted} onChange={setWanted} /> : null}
      <div className="scroll" role="region" aria-label={caption} tabIndex={0}>
        <table>
          <caption>
            {caption} <small>{t('shell.rows', { count: found.length })}</small>
          </caption>
          <thead>
            <tr>
              {columns.map(({ key, title, text, numeric }) => {
                const down = sorted?.key === key ? sorted.down : null
                return (
                  <th
                    key={key}
                    scope="col"
                    className={numeric ? 'numeric' : undefined}
                    aria-sort={down === null ? undefined : down ? 'descending' : 'ascending'}
                  >
                    {text ? (
                      <Button kind="quiet" onClick={() => setSorted({ key, down: down === false })}>
                        {title}
                        <span aria-hidden="true">{down === null ? '' : down ? ' ▾' : ' ▴'}</span>
                      </Button>
                    ) : (
                      title
                    )}
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shown).map((row) => (
              <tr key={id(row)}>
                {columns.map(({ key, show, numeric }) => (
                  <td key={key} className={numeric ? 'numeric' : undefined}>
                    {show(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > shown ? <Button onClick={() => setShown(shown + PAGE)}>{t('shell.more')}</Button> : null}
    </div>
  )
}
