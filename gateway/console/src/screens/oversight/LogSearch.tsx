import { useState } from 'react'
import { useStep } from '../../api/asked'
import { csv, save } from '../../api/csv'
import { PURPOSES } from '../../api/vocabulary'
import { logSearch } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { Days } from './Days'
import { Rows } from './Rows'
import type { LogRow } from './Rows'
import { Why, useWhy } from '../../parts/Why'

const STATUSES = ['ANSWERED', 'NO_HIT', 'REFUSED', 'OVER_QUOTA', 'TIMED_OUT', 'UNREACHABLE', 'INVALID_ANSWER'] as const
const FIRST = 500
const COLUMNS = ['index', 'at', 'kind', 'operation', 'queryId', 'asker', 'unit', 'partner', 'purpose', 'case', 'tier', 'results'] as const

interface Wanted {
  readonly since: string
  readonly until: string
  readonly case: string
  readonly asker: string
  readonly unit: string
  readonly node: string
  readonly purpose: string
  readonly status: string
}

const NOTHING: Wanted = { since: '', until: '', case: '', asker: '', unit: '', node: '', purpose: '', status: '' }

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
}

/** Every entry of the log that fits; the search is logged before it is made. */
export default function LogSearch() {
  const { t, code } = useTexts()
  const why = useWhy()
  const [wanted, want] = useState<Wanted>(NOTHING)
  const [found, look] = useStep(logSearch)
  useTitle(t('oversight.search.title'))
  const set = (part: Partial<Wanted>) => want({ ...wanted, ...part })
  const [rows, keep] = useState<readonly LogRow[]>([])
  /** The first rows, or those that follow `earlier`. */
  const go = async (from: Wanted, earlier: readonly LogRow[] = []) => {
    if (!why) return
    const { since, until, ...texts } = from
    const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value.trim()))
    const told = await look({
      justification: why,
      wanted: {
        ...given,
        ...(since ? { since: `${since}T00:00:00Z` } : {}),
        ...(until ? { until: `${until}T23:59:59Z` } : {}),
        after: earlier.at(-1)?.index ?? -1,
        first: FIRST,
      },
    })
    if (told) keep([...earlier, ...told.logSearch.rows])
  }
  return (
    <>
      <h1>{t('oversight.search.title')}</h1>
      <Why />
      <form
        className="panel"
        onSubmit={(event) => {
          event.preventDefault()
          void go(wanted)
        }}
      >
        <div className="form row">
          <TextField label={t('oversight.search.since')} type="date" value={wanted.since} onChange={(since) => set({ since })} />
          <TextField label={t('oversight.search.until')} type="date" value={wanted.until} onChange={(until) => set({ until })} />
          <TextField label={t('oversight.search.case')} value={wanted.case} onChange={(value) => set({ case: value })} maxLength={128} />
          <TextField label={t('oversight.search.asker')} value={wanted.asker} onChange={(asker) => set({ asker })} maxLength={128} />
          <TextField label={t('oversight.search.unit')} value={wanted.unit} onChange={(unit) => set({ unit })} maxLength={64} />
          <TextField label={t('oversight.search.node')} value={wanted.node} onChange={(node) => set({ node })} maxLength={64} />
          <SelectField
            label={t('oversight.search.purpose')}
            value={wanted.purpose}
            options={[
              { value: '', label: t('oversight.search.any') },
              ...[...PURPOSES, 'THREAT_TO_LIFE'].map((each) => ({ value: each, label: code('purpose', each) })),
            ]}
            onChange={(purpose) => set({ purpose })}
          />
          <SelectField
            label={t('oversight.search.status')}
            value={wanted.status}
            options={[{ value: '', label: t('oversight.search.any') }, ...STATUSES.map((each) => ({ value: each, label: code('status', each) }))]}
            onChange={(status) => set({ status })}
          />
        </div>
        <p className="actions">
          <Button kind="primary" type="submit" busy={found.asking} disabled={!why}>
            {t('oversight.search.go')}
          </Button>
          {(['lastWeek', 'lastMonth'] as const).map((each) => (
            <Button
              key={each}
              disabled={!why}
              onClick={() => {
                const now = { ...wanted, since: daysAgo(each === 'lastWeek' ? 7 : 31), until: '' }
                want(now)
                void go(now)
              }}
            >
              {t(`oversight.search.${each}`)}
            </Button>
          ))}
          {why ? null : <small>{t('oversight.why.needed')}</small>}
        </p>
      </form>
      <Failure error={found.error} />
      {found.data ? (
        <>
          <p role="status">{t('oversight.search.found', { shown: rows.length, total: found.data.logSearch.total })}</p>
          <Days
            label={t('oversight.search.perDay')}
            moments={rows.map(({ at }) => at)}
            onDay={(day) => {
              const now = { ...wanted, since: day, until: day }
              want(now)
              void go(now)
            }}
          />
          <Rows caption={t('oversight.search.title')} rows={[...rows].reverse()} />
          <p className="actions">
            {rows.length < found.data.logSearch.total ? (
              <Button busy={found.asking} onClick={() => void go(wanted, rows)}>
                {t('oversight.search.more')}
              </Button>
            ) : null}
            <Button onClick={() => save('log.csv', table(rows), 'text/csv')}>{t('oversight.search.csv')}</Button>
          </p>
        </>
      ) : null}
    </>
  )
}

function table(rows: readonly LogRow[]): string {
  return csv([COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name]))])
}
