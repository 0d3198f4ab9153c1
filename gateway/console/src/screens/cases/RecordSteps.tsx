import { useState } from 'react'
import { Link } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { keepRecord, placeInPicture, sharedPictures } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

/** What can be done with a record beside reading it: ask who it may be, keep it, share it in a case. */
export function RecordSteps({ handle, query }: { handle: string; query?: string | undefined }) {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const known = useRead(sharedPictures, {})
  const [kept, keep] = useStep(keepRecord)
  const [placed, place] = useStep(placeInPicture)
  const [wanted, want] = useState('')
  const cases = known.data?.sharedPictures.filter((each) => each.open && each.case === mandate?.case) ?? []
  const into = cases.find(({ id }) => id === wanted)?.id ?? cases[0]?.id
  const lease = kept.data?.keepRecord
  return (
    <>
      <div className="actions">
        <Link className="button" to={`/resembling/${encodeURIComponent(handle)}`}>
          {t('cases.resembling.title')}
        </Link>
        {query ? (
          <Link className="button" to={`/why/${encodeURIComponent(query)}`}>
            {t('cases.why.link')}
          </Link>
        ) : null}
        {mandate ? (
          <Button busy={kept.asking} onClick={() => void keep({ handle, mandate: mandate.id })}>
            {t('cases.kept.keep')}
          </Button>
        ) : null}
        {cases.length > 1 && into ? (
          <SelectField
            quiet
            label={t('cases.resembling.into')}
            value={into}
            options={cases.map((each) => ({ value: each.id, label: each.title || each.id }))}
            onChange={want}
          />
        ) : null}
        {mandate && into ? (
          <Button busy={placed.asking} onClick={() => void place({ id: into, mandate: mandate.id, handles: [handle] })}>
            {t('cases.kept.into')}
          </Button>
        ) : null}
      </div>
      <p role="status">
        {lease && mandate ? t('cases.kept.done', { case: mandate.case, until: moment(lease.until, language) }) : ''}{' '}
        {placed.data && into ? <Link to={`/cases/${encodeURIComponent(into)}`}>{t('cases.kept.placed')}</Link> : null}
      </p>
      <Failure error={kept.error ?? placed.error} />
    </>
  )
}
