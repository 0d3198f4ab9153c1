import { useState } from 'react'
import { useStep } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { revokeGrants } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { SelectField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import type { GrantShown } from './GrantTable'
import { ReasonDialog, REVOKE_REASONS } from './ReasonDialog'
import { Sentence } from './Sentence'

interface Props {
  readonly partners: readonly string[]
  readonly grants: readonly GrantShown[]
  readonly onClose: () => void
}

/** The end of every grant that names a partner, a case, a dataset: seen first, then done. */
export function BulkRevoke({ partners, grants, onClose }: Props) {
  const { t, language } = useTexts()
  const [partner, setPartner] = useState('')
  const [reference, setReference] = useState('')
  const [dataset, setDataset] = useState('')
  const [sure, ask] = useState(false)
  const [seen, look] = useStep(revokeGrants)
  const [ended, end] = useStep(revokeGrants)
  const reach = { partner, case: reference, dataset, language: apiLanguage(language) }
  const [seenOf, note] = useState('')
  const would = seenOf === JSON.stringify(reach) ? seen.data?.revokeGrants : undefined
  const show = () => {
    note(JSON.stringify(reach))
    void look({ ...reach, reason: 'DRY_RUN', dryRun: true })
  }
  const some = (told: readonly string[]) => [
    { value: '', label: t('liaison.bulk.any') },
    ...[...new Set(told)].sort().map((each) => ({ value: each, label: each })),
  ]
  if (ended.data)
    return (
      <Dialog open title={t('liaison.bulk.title')} onClose={onClose}>
        <Notice tone="success">{t('liaison.bulk.done', { count: ended.data.revokeGrants.revoked.length })}</Notice>
      </Dialog>
    )
  if (sure)
    return (
      <ReasonDialog
        title={t('liaison.bulk.title')}
        action={t('liaison.bulk.do', { count: would?.revoked.length ?? 0 })}
        reasons={REVOKE_REASONS}
        busy={ended.asking}
        error={ended.error}
        onReason={(reason) => void end({ ...reach, reason })}
        onClose={() => ask(false)}
      />
    )
  return (
    <Dialog open wide title={t('liaison.bulk.title')} onClose={onClose}>
      <p>{t('liaison.bulk.text')}</p>
      <div className="form row">
        <SelectField label={t('liaison.grants.partner')} value={partner} options={some(partners)} onChange={setPartner} />
        <SelectField label={t('liaison.bulk.case')} value={reference} options={some(grants.flatMap(({ cases }) => cases))} onChange={setReference} />
        <SelectField label={t('liaison.bulk.dataset')} value={dataset} options={some(grants.map((each) => each.dataset).filter((each) => each !== '*'))} onChange={setDataset} />
      </div>
      <Failure error={seen.error} />
      <p className="actions">
        <Button busy={seen.asking} disabled={!partner && !reference && !dataset} onClick={show}>
          {t('liaison.bulk.show')}
        </Button>
      </p>
      {would ? (
        <>
          <h3>
            <span aria-live="polite">{t('liaison.bulk.ends', { count: would.revoked.length })}</span>
          </h3>
          {would.revoked.map(({ ref, sentence }) => (
            <Sentence key={ref}>{sentence}</Sentence>
          ))}
          {would.remaining.length ? <h3>{t('liaison.bulk.stays')}</h3> : null}
          {would.remaining.map(({ ref, sentence }) => (
            <Sentence key={ref}>{sentence}</Sentence>
          ))}
          {would.revoked.length ? (
            <p className="actions">
              <Button kind="danger" onClick={() => ask(true)}>
                {t('liaison.bulk.do', { count: would.revoked.length })}
              </Button>
            </p>
          ) : null}
        </>
      ) : null}
    </Dialog>
  )
}
