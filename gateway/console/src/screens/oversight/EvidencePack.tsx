import { useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { save } from '../../api/csv'
import { approveErasure, erasures, evidence } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { bytes } from '../../parts/save'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { Why, useWhy } from '../../parts/Why'

/** A case's evidence as one file that proves itself, and erasures that need a second person. */
export default function EvidencePack() {
  const { t, code, language } = useTexts()
  const why = useWhy()
  const [reference, setReference] = useState('')
  const [made, make] = useStep(evidence)
  const waiting = useRead(erasures, {})
  const [approved, approve] = useStep(approveErasure)
  useTitle(t('oversight.evidence.title'))
  const pack = made.data?.evidence
  const file = `evidence-${pack?.digest.replace('sha256:', '').slice(0, 12) ?? ''}.pyz`
  return (
    <>
      <h1>{t('oversight.evidence.title')}</h1>
      <Why />
      <section className="panel" aria-labelledby="pack">
        <h2 id="pack">{t('oversight.evidence.make')}</h2>
        <p className="prose">{t('oversight.evidence.text')}</p>
        <form
          className="form row"
          onSubmit={(event) => {
            event.preventDefault()
            if (why) void make({ case: reference.trim(), justification: why })
          }}
        >
          <TextField label={t('oversight.search.case')} value={reference} onChange={setReference} required maxLength={128} />
          <Button kind="primary" type="submit" busy={made.asking} disabled={!why}>
            {t('oversight.evidence.make')}
          </Button>
          {why ? null : <small>{t('oversight.why.needed')}</small>}
        </form>
        <Failure error={made.error} />
        {pack ? (
          <Notice tone="success">
            <p>
              <code>{pack.digest}</code>
            </p>
            <p className="actions">
              <Button onClick={() => save(file, bytes(pack.content), 'application/zip')}>{t('oversight.evidence.save', { leaves: pack.leaves })}</Button>
              <small>{t('oversight.evidence.check', { file })}</small>
            </p>
          </Notice>
        ) : null}
      </section>
      <section className="panel" aria-labelledby="erasures">
        <h2 id="erasures">{t('oversight.evidence.erasures')}</h2>
        <Failure error={waiting.error ?? approved.error} />
        <ul className="bare">
          {waiting.data?.erasures.map((each) => (
            <li key={each.id} className="actions">
              <span>{t('oversight.evidence.erasure', { records: each.records, reason: code('erasureReason', each.reason), at: moment(each.proposedAt, language) })}</span>
              <Button
                kind="danger"
                busy={approved.asking}
                disabled={!why}
                onClick={() => void approve({ id: each.id, justification: why }).then(waiting.again)}
              >
                {t('oversight.evidence.approve')}
              </Button>
            </li>
          ))}
        </ul>
        {waiting.data?.erasures.length === 0 ? <p>{t('oversight.evidence.noErasures')}</p> : null}
      </section>
    </>
  )
}
