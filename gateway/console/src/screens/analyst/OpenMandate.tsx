import { useStep } from '../../api/asked'
import { dropDraft, useDraft } from '../../api/draft'
import { useMandate } from '../../api/mandate'
import { AIMS, OFFENCES, PURPOSES } from '../../api/vocabulary'
import type { Aim, Category, LegalBasis, Purpose } from '../../api/vocabulary'
import { openMandate } from '../../generated/documents'
import { BASES, REACH } from '../../generated/law'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Drafted } from '../../parts/Drafted'
import { SelectField, TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'

/** The three parts that every cross-border question must have; the law of the node decides on them. */
export function OpenMandate({ onClose, reference: forCase }: { onClose: () => void; reference?: string }) {
  const { t, code } = useTexts()
  const { mandate, choose, again } = useMandate()
  const form = `mandate ${forCase ?? ''}`
  const [reference, setReference] = useDraft(form, 'case', forCase ?? mandate?.case ?? '')
  const [offence, setOffence] = useDraft(form, 'offence', mandate?.offence ?? 'DRUG_TRAFFICKING')
  const [purpose, setPurpose] = useDraft<Purpose>(form, 'purpose', 'OPERATIONAL_ANALYSIS')
  const [basis, setBasis] = useDraft<LegalBasis>(form, 'basis', 'ER_20_2A')
  const [category, setCategory] = useDraft<Category>(form, 'category', 'SUSPECT_OR_CONVICTED')
  const [aim, setAim] = useDraft<Aim>(form, 'aim', 'MORE_DATA_ON_KNOWN')
  const [opened, open] = useStep(openMandate)
  const labelled = <Code extends string>(kind: string, codes: readonly Code[]) =>
    codes.map((each) => ({ value: each, label: code(kind, each) }))
  const bases: readonly LegalBasis[] = BASES[purpose]
  const categories: readonly Category[] = REACH[purpose]
  const submit = async () => {
    const told = await open({
      mandate: { purpose, legalBasis: basis, case: reference.trim(), offence, subjectCategory: category, aim },
    })
    if (!told) return
    dropDraft(form)
    choose(told.openMandate.id)
    again()
    onClose()
  }
  return (
    <Dialog open title={t('analyst.mandate.title')} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Drafted form={form} />
        <p>{t('analyst.mandate.text')}</p>
        <TextField label={t('analyst.mandate.case')} value={reference} onChange={setReference} required maxLength={128} />
        <SelectField
          label={t('analyst.mandate.offence')}
          hint={t('analyst.mandate.offenceHint')}
          value={offence}
          onChange={setOffence}
          options={labelled('offence', [...new Set([...OFFENCES, offence])])}
        />
        <SelectField
          label={t('analyst.mandate.purpose')}
          value={purpose}
          options={labelled('purpose', PURPOSES)}
          onChange={(chosen) => {
            setPurpose(chosen)
            const fit: readonly LegalBasis[] = BASES[chosen]
            if (!fit.includes(basis) && fit[0]) setBasis(fit[0])
            const reached: readonly Category[] = REACH[chosen]
            if (!reached.includes(category) && reached[0]) setCategory(reached[0])
          }}
        />
        <SelectField label={t('analyst.mandate.basis')} value={basis} options={labelled('basis', bases)} onChange={setBasis} />
        <SelectField
          label={t('analyst.mandate.category')}
          value={category}
          options={labelled('category', categories)}
          onChange={setCategory}
        />
        <SelectField label={t('analyst.mandate.aim')} value={aim} options={labelled('aim', AIMS)} onChange={setAim} />
        <Failure error={opened.error} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={opened.asking}>
            {t('analyst.mandate.open')}
          </Button>
          <Button
            onClick={() => {
              dropDraft(form)
              onClose()
            }}
          >
            {t('shell.cancel')}
          </Button>
        </p>
      </form>
    </Dialog>
  )
}
