import { useState } from 'react'
import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { placeInPicture, removeFromPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useCase } from './around'
import { caption } from './shared'
import type { PlacedRecord } from './shared'
import { useReason } from './words'

/** A sign for each way in which a record is seen, drawn in letters: none is told by colour alone. */
const SIGNS: Record<string, string> = { SHOWN: '✓', STALE: '?', STUB: '✕', NOT_ASKED: '○' }

/** The records of the case: shown by their node, or why not; and placing more. */
export function CaseRecords() {
  const { t } = useTexts()
  const { id, mandate, records, writable, added } = useCase()
  const [lines, setLines] = useState('')
  const [placed, place] = useStep(placeInPicture)
  const submit = async () => {
    const handles = lines.split(/\s+/).filter(Boolean)
    const made = await place({ id, mandate: mandate.id, handles })
    if (!made) return
    setLines('')
    added(made.placeInPicture)
  }
  return (
    <section aria-labelledby="records" className="stack">
      <h2 id="records">{t('cases.cases.records')}</h2>
      {records.length ? (
        <ul className="cards">
          {records.map((each) => (
            <RecordCard key={each.handle} record={each} />
          ))}
        </ul>
      ) : (
        <p className="empty">{t('cases.records.none')}</p>
      )}
      {writable ? (
        <details>
          <summary>{t('cases.records.place')}</summary>
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault()
              void submit()
            }}
          >
            <TextField
              label={t('cases.records.handles')}
              hint={t('cases.records.handlesHint')}
              value={lines}
              onChange={setLines}
              lines={3}
              required
            />
            <Failure error={placed.error} />
            <p className="actions">
              <Button kind="primary" type="submit" busy={placed.asking}>
                {t('cases.records.place')}
              </Button>
            </p>
          </form>
        </details>
      ) : null}
    </section>
  )
}

function RecordCard({ record }: { record: PlacedRecord }) {
  const { t, code } = useTexts()
  const { id, mandate, view, records, writable, added } = useCase()
  const reason = useReason()
  const [removed, remove] = useStep(removeFromPicture)
  const others = view.things.find(({ handles }) => handles.includes(record.handle))?.handles.filter((each) => each !== record.handle) ?? []
  const { claim } = record
  const path = encodeURIComponent(record.handle)
  return (
    <li className={`card sight ${record.sight.toLowerCase()}`} data-sight={record.sight} data-handle={record.handle}>
      <div className="page-head">
        <NodeBadge node={record.node} />
        <strong>{claim ? code('schema', claim.record.schema) : <Said>{record.handle}</Said>}</strong>
        <span className="status-word">
          <span aria-hidden="true">{SIGNS[record.sight] ?? '?'} </span>
          {code('sight', record.sight)}
        </span>
      </div>
      {claim ? (
        <p>
          <Link to={`/record/${path}`}>
            <Said>{claim.record.caption ?? record.handle}</Said>
          </Link>{' '}
          <Marks {...claim.record} />
        </p>
      ) : (
        <p>
          {record.reason ? reason(record.reason) : code('sightMeans', record.sight)}
          {record.reason ? <small> {record.reason}</small> : null}
        </p>
      )}
      {record.sight === 'STALE' ? <p>{code('sightMeans', record.sight)}</p> : null}
      {claim ? null : (
        <p>
          <small>
            {t('cases.records.last')}{t('shell.colon')} {record.lastShownAt ? <Time at={record.lastShownAt} /> : t('cases.records.never')}
            {record.version === null ? '' : ` · ${t('analyst.record.version')} ${record.version}`}
          </small>{' '}
          <Marks handling={record.handling} />
        </p>
      )}
      {others.length ? (
        <p>
          <small>{t('cases.records.together', { handles: others.map((each) => caption(records, each)).join(', ') })}</small>
        </p>
      ) : null}
      <Failure error={removed.error} />
      <p className="actions">
        {record.sight === 'STUB' ? null : (
          <Link className="button" to={`/resembling/${path}?case=${encodeURIComponent(id)}`}>
            {t('cases.resembling.title')}
          </Link>
        )}
        {writable ? (
          <Button
            kind="quiet"
            busy={removed.asking}
            label={`${t('cases.records.remove')}: ${record.handle}`}
            onClick={() => {
              void remove({ id, mandate: mandate.id, handle: record.handle }).then((made) => {
                if (made) added([made.removeFromPicture])
              })
            }}
          >
            {t('cases.records.remove')}
          </Button>
        ) : null}
      </p>
    </li>
  )
}
