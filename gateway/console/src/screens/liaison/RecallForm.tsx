import { useState } from 'react'
import { useStep } from '../../api/asked'
import { dropDraft, useDraft } from '../../api/draft'
import { recallRecords } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { listed } from './terms'

const REASONS = ['RECORD_WITHDRAWN', 'WRONG_PERSON', 'UNLAWFUL'] as const

const FORM = 'recall'

/** Records taken back from all that received them: first whom it would reach, then the order. */
export function RecallForm({ again }: { again: () => void }) {
  const { t } = useTexts()
  const [ids, setIds] = useDraft(FORM, 'records', '')
  const [reason, setReason] = useDraft<(typeof REASONS)[number]>(FORM, 'reason', 'RECORD_WITHDRAWN')
  const [seenOf, note] = useState('')
  const [seen, look] = useStep(recallRecords)
  const [ordered, order] = useStep(recallRecords)
  const records = listed(ids)
  const would = seenOf === records.join(' ') ? seen.data?.recallRecords : undefined
  const show = () => {
    note(records.join(' '))
    void look({ records, reason, dryRun: true })
  }
  const take = async () => {
    if (!(await order({ records, reason }))) return
    setIds('')
    dropDraft(FORM)
    again()
  }
  return (
    <section className="panel form" aria-labelledby="take-back">
      <h2 id="take-back">{t('liaison.exchange.recall')}</h2>
      <p>{t('liaison.exchange.recallText')}</p>
      <TextField label={t('liaison.exchange.ids')} hint={t('liaison.new.list')} value={ids} onChange={setIds} lines={2} />
      <SelectField
        label={t('liaison.exchange.reason')}
        value={reason}
        options={REASONS.map((each) => ({ value: each, label: t(`liaison.exchange.${each}`) }))}
        onChange={setReason}
      />
      <Failure error={seen.error ?? ordered.error} />
      <div role="status">
        {would ? (
          <p>
            {would.records
              ? t('liaison.exchange.reach', { count: would.records, partners: would.partners.join(', ') })
              : t('liaison.exchange.nobody')}
          </p>
        ) : null}
        {ordered.data && !records.length ? <Notice tone="success">{t('liaison.exchange.done')}</Notice> : null}
      </div>
      <p className="actions">
        <Button busy={seen.asking} disabled={!records.length} onClick={show}>
          {t('liaison.exchange.dry')}
        </Button>
        {would?.records ? (
          <Button kind="danger" busy={ordered.asking} onClick={() => void take()}>
            {t('liaison.exchange.do')}
          </Button>
        ) : null}
      </p>
    </section>
  )
}
