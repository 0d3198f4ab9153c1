import { useState } from 'react'
import type { ResultOf } from 'gql.tada'
import type { sharedPictures } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { MOST_RECORDS } from '../../parts/past'
import { useTexts } from '../../shell/texts'
import { LOOKS, typed } from './question'
import type { Question } from './question'

const HOPS = ['1', '2', '3'] as const

interface Props {
  readonly asked: Question
  readonly pictures: ResultOf<typeof sharedPictures>['sharedPictures']
  readonly busy: boolean
  /** Whether there is a mandate to ask under. */
  readonly ready: boolean
  readonly onChange: (asked: Question) => void
  readonly onAsk: (asked: Question) => void
}

/** Whose past, which of the three looks, which days, and through which lens. */
export function QuestionForm({ asked, pictures, busy, ready, onChange, onAsk }: Props) {
  const { t } = useTexts()
  const [records, type] = useState(asked.handles.join('\n'))
  const put = (part: Partial<Question>) => onChange({ ...asked, ...part })
  const handles = typed(records)
  const whose = asked.picture ? [] : handles
  return (
    <form
      className="panel past-form"
      onSubmit={(event) => {
        event.preventDefault()
        onAsk({ ...asked, handles: whose })
      }}
    >
      <div className="tabs" role="group" aria-label={t('chronicle.look.title')}>
        {LOOKS.map((each) => (
          <button key={each} type="button" aria-pressed={asked.look === each} onClick={() => put({ look: each })}>
            {t(`chronicle.look.${each}`)}
          </button>
        ))}
      </div>
      <p>{t(`chronicle.lookMeans.${asked.look}`)}</p>
      <div className="form row">
        {pictures.length || asked.picture ? (
          <SelectField
            label={t('chronicle.of.label')}
            value={asked.picture}
            options={[
              { value: '', label: t('chronicle.of.records') },
              ...pictures.map(({ id, title, case: reference }) => ({ value: id, label: t('chronicle.of.picture', { title: title || id, case: reference }) })),
              ...(asked.picture && !pictures.some(({ id }) => id === asked.picture) ? [{ value: asked.picture, label: asked.picture }] : []),
            ]}
            onChange={(picture) => put({ picture })}
          />
        ) : null}
        {asked.look === 'day' ? (
          <TextField label={t('chronicle.day')} type="date" value={asked.day} onChange={(day) => put({ day })} required />
        ) : (
          <>
            <TextField label={t('chronicle.since')} type="date" value={asked.since} onChange={(since) => put({ since })} required />
            <TextField label={t('chronicle.until')} type="date" value={asked.until} onChange={(until) => put({ until })} required />
          </>
        )}
        <SelectField
          label={t('chronicle.hops.label')}
          value={String(asked.hops) as (typeof HOPS)[number]}
          options={HOPS.map((value) => ({ value, label: t('chronicle.hops.ties', { count: Number(value) }) }))}
          onChange={(value) => put({ hops: Number(value) })}
        />
      </div>
      {asked.picture ? null : (
        <TextField
          label={t('chronicle.of.handles')}
          hint={t('chronicle.of.hint', { most: MOST_RECORDS })}
          value={records}
          onChange={type}
          lines={Math.min(6, Math.max(1, handles.length))}
          maxLength={20_000}
        />
      )}
      <details open={asked.knownBy !== '' || asked.sharedBy !== ''}>
        <summary>{t('chronicle.times.title')}</summary>
        <dl className="facts">
          <dt>{t('chronicle.times.valid')}</dt>
          <dd>{t('chronicle.times.validMeans')}</dd>
          <dt>{t('chronicle.times.known')}</dt>
          <dd>{t('chronicle.times.knownMeans')}</dd>
          <dt>{t('chronicle.times.shared')}</dt>
          <dd>{t('chronicle.times.sharedMeans')}</dd>
        </dl>
        <div className="form row">
          <TextField
            label={t('chronicle.knownBy')}
            hint={t('chronicle.lensHint')}
            type="date"
            value={asked.knownBy}
            onChange={(knownBy) => put({ knownBy })}
          />
          <TextField
            label={t('chronicle.sharedBy')}
            hint={t('chronicle.lensHint')}
            type="date"
            value={asked.sharedBy}
            onChange={(sharedBy) => put({ sharedBy })}
          />
          <TextField
            label={t('chronicle.days')}
            hint={t('chronicle.daysHint')}
            type="number"
            min={0}
            max={3660}
            value={String(asked.days)}
            onChange={(days) => put({ days: Math.max(0, Math.min(3660, Math.trunc(Number(days) || 0))) })}
          />
        </div>
      </details>
      <p className="actions">
        <Button kind="primary" type="submit" busy={busy} disabled={!ready || !(asked.picture || whose.length)}>
          {t(`chronicle.ask.${asked.look}`)}
        </Button>
        <small>{t('chronicle.asks')}</small>
      </p>
    </form>
  )
}
