import { useRead } from '../../api/asked'
import { usePerson } from '../../api/session'
import type { ApiRole, Category, LegalBasis } from '../../api/vocabulary'
import { partners, recordKinds } from '../../generated/documents'
import { CheckField, SelectField, TextField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { ListField } from './ListField'
import { PropertyPicker } from './PropertyPicker'
import { QuotaFields } from './QuotaFields'
import { ALL_PURPOSES, TIERS, admitted, withPurposes } from './terms'
import type { Terms } from './terms'

interface Props {
  readonly terms: Terms
  readonly change: (changed: Partial<Terms>) => void
}

const ROLES = ['ANALYST', 'LIAISON'] as const satisfies readonly ApiRole[]

/** The list with a value or without it, in the order in which things are offered. */
function flipped<Value>(list: readonly Value[], value: Value, on: boolean, offered: readonly Value[]): Value[] {
  const kept = new Set(on ? [...list, value] : list.filter((each) => each !== value))
  return [...offered.filter((each) => kept.has(each)), ...[...kept].filter((each) => !offered.includes(each))]
}

/** Who may ask; from a template also the two other things that have no default. */
export function PartnerStep({ terms, change, brief }: Props & { brief: boolean }) {
  const { t, code } = useTexts()
  const own = usePerson().node
  const known = useRead(partners, {})
  const others = known.data?.partners.filter(({ id }) => id !== own) ?? []
  const ids = others.map(({ id }) => id)
  return (
    <>
      <Failure error={known.error} />
      <fieldset className="ticks">
        <legend>{t('liaison.new.recipients')}</legend>
        {known.asking && !known.data ? <Loading /> : null}
        {others.map(({ id, name }) => (
          <CheckField
            key={id}
            label={`${name} (${id})`}
            checked={terms.recipients.includes(id)}
            onChange={(on) => change({ recipients: flipped(terms.recipients, id, on, ids) })}
          />
        ))}
      </fieldset>
      {brief ? (
        <>
          <Dataset terms={terms} change={change} />
          <ListField label={t('liaison.new.cases')} value={terms.cases} onChange={(cases) => change({ cases })} />
        </>
      ) : (
        <>
          <fieldset className="ticks">
            <legend>{t('liaison.new.roles')}</legend>
            {ROLES.map((each) => (
              <CheckField
                key={each}
                label={code('role', each.toLowerCase())}
                checked={terms.roles.includes(each)}
                onChange={(on) => change({ roles: flipped(terms.roles, each, on, ROLES) })}
              />
            ))}
          </fieldset>
          <ListField label={t('liaison.new.units')} value={terms.units} onChange={(units) => change({ units })} />
        </>
      )}
    </>
  )
}

function Dataset({ terms, change }: Props) {
  const { t } = useTexts()
  return (
    <TextField
      label={t('liaison.new.dataset')}
      hint={t('liaison.new.datasetHint')}
      value={terms.dataset}
      onChange={(dataset) => change({ dataset: dataset.trim() })}
      required
      maxLength={64}
    />
  )
}

/** Which records: kinds, dataset, cases, single ones. */
export function WhatStep({ terms, change }: Props) {
  const { t, code, language } = useTexts()
  const { data, error } = useRead(recordKinds, {})
  const byLabel = (one: string, other: string) => code('schema', one).localeCompare(code('schema', other), language)
  const named = (each: string) => t(`code.schema.${each}` as 'code.schema.Person', { defaultValue: '' }) !== ''
  const kinds = data?.recordKinds.map(({ name }) => name).filter((each) => named(each) || terms.schemata.includes(each)).sort(byLabel) ?? []
  const every = terms.schemata.includes('*')
  return (
    <>
      <Failure error={error} />
      <fieldset className="ticks">
        <legend>{t('liaison.new.schemata')}</legend>
        <CheckField label={t('liaison.new.everyKind')} checked={every} onChange={(on) => change({ schemata: on ? ['*'] : [] })} />
        {every
          ? null
          : kinds.map((each) => (
              <CheckField
                key={each}
                label={code('schema', each)}
                checked={terms.schemata.includes(each)}
                onChange={(on) => change({ schemata: flipped(terms.schemata, each, on, kinds) })}
              />
            ))}
      </fieldset>
      <Dataset terms={terms} change={change} />
      <ListField label={t('liaison.new.cases')} value={terms.cases} onChange={(cases) => change({ cases })} />
      <ListField label={t('liaison.new.records')} value={terms.recordIds} onChange={(recordIds) => change({ recordIds })} />
    </>
  )
}

/** How much of a record is shown, and what never. */
export function FieldsStep({ terms, change }: Props) {
  const { t, code } = useTexts()
  return (
    <>
      <SelectField
        label={t('liaison.new.tier')}
        value={terms.tier}
        options={TIERS.map((each) => ({ value: each, label: code('tier', each.toLowerCase()) }))}
        onChange={(tier) => change({ tier })}
      />
      <PropertyPicker schemata={terms.schemata.length ? terms.schemata : ['*']} chosen={terms.masked} onChange={(masked) => change({ masked: [...masked] })} />
    </>
  )
}

/** What for, about whom, for how long, how often; the law's tables offer only what fits together. */
export function PurposeStep({ terms, change }: Props) {
  const { t, code } = useTexts()
  const { bases, categories } = admitted(terms.purposes)
  return (
    <>
      <fieldset className="ticks">
        <legend>{t('liaison.new.purposes')}</legend>
        {ALL_PURPOSES.map((each) => (
          <CheckField
            key={each}
            label={code('purpose', each)}
            checked={terms.purposes.includes(each)}
            onChange={(on) => change(withPurposes(terms, flipped(terms.purposes, each, on, ALL_PURPOSES)))}
          />
        ))}
      </fieldset>
      <fieldset className="ticks">
        <legend>{t('liaison.new.bases')}</legend>
        {bases.map((each) => (
          <CheckField
            key={each}
            label={code('basis', each)}
            checked={terms.legalBases.includes(each)}
            onChange={(on) => change({ legalBases: flipped<LegalBasis>(terms.legalBases, each, on, bases) })}
          />
        ))}
      </fieldset>
      <fieldset className="ticks">
        <legend>{t('liaison.new.categories')}</legend>
        {categories.map((each) => (
          <CheckField
            key={each}
            label={code('category', each)}
            checked={terms.categories.includes(each)}
            onChange={(on) => change({ categories: flipped<Category>(terms.categories, each, on, categories) })}
          />
        ))}
      </fieldset>
      <div className="form row">
        <TextField label={t('liaison.new.days')} type="number" min={1} max={1096} value={String(terms.days)} onChange={(days) => change({ days: Number(days) })} />
        <TextField label={t('liaison.new.rows')} type="number" min={1} value={String(terms.maxRows)} onChange={(rows) => change({ maxRows: Number(rows) })} />
      </div>
      <QuotaFields quota={terms.quota} onChange={(quota) => change({ quota })} />
    </>
  )
}
