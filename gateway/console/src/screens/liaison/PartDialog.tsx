import { useState } from 'react'
import type { Refused } from '../../api/ask'
import type { Mode } from '../../api/vocabulary'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { CheckField, SelectField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { visibleText } from '../../parts/visible'
import { useTexts } from '../../shell/texts'
import type { Item, Matched } from './kinds'
import { PropertyPicker } from './PropertyPicker'
import { TIERS } from './terms'

/** What is given less than was asked for. */
export interface Part {
  readonly tier?: Mode
  readonly masked?: string[]
  readonly records?: string[]
}

interface Props {
  readonly item: Item
  readonly records: readonly Matched[]
  readonly busy: boolean
  readonly error: Refused | undefined
  readonly onGive: (part: Part) => void
  readonly onClose: () => void
}

/** A lower tier, fewer properties, fewer records; it begins with the next lower tier, if there is one. */
export function PartDialog({ item, records, busy, error, onGive, onClose }: Props) {
  const { t, code } = useTexts()
  const wanted = item.tier.toUpperCase()
  const given = (item.tierGiven ?? 'none').toUpperCase()
  const tiers = TIERS.filter((_, rank) => rank <= rankOf(wanted) && rank > rankOf(given))
  const [tier, setTier] = useState(tiers.at(-2) ?? tiers.at(-1) ?? 'HIT')
  const [masked, setMasked] = useState<readonly string[]>([])
  const [left, leave] = useState<readonly string[]>([])
  const give = () =>
    onGive({
      ...(tier === wanted ? {} : { tier }),
      masked: [...masked],
      records: left.length ? records.map(({ id }) => id).filter((each) => !left.includes(each)) : [],
    })
  return (
    <Dialog open title={t('liaison.decide.partTitle')} onClose={onClose}>
      <p>{t('liaison.decide.partHint')}</p>
      <SelectField
        label={t('liaison.decide.tier')}
        value={tier}
        options={tiers.map((each) => ({ value: each, label: code('tier', each.toLowerCase()) }))}
        onChange={setTier}
      />
      <PropertyPicker schemata={schemataOf(records)} chosen={masked} onChange={setMasked} />
      {records.length > 1 ? (
        <fieldset>
          <legend>{t('liaison.decide.records')}</legend>
          {records.map(({ id, caption, schema }) => (
            <CheckField
              key={id}
              label={`${code('schema', schema)}: ${visibleText(caption ?? id)}`}
              checked={!left.includes(id)}
              onChange={(on) => leave(on ? left.filter((each) => each !== id) : [...left, id])}
            />
          ))}
        </fieldset>
      ) : null}
      <Failure error={error} />
      <p className="actions">
        <Button kind="primary" busy={busy} onClick={give}>
          {t('liaison.decide.partDo')}
        </Button>
        <Button onClick={onClose}>{t('shell.cancel')}</Button>
      </p>
    </Dialog>
  )
}

function rankOf(tier: string): number {
  return TIERS.findIndex((each) => each === tier)
}

function schemataOf(records: readonly Matched[]): readonly string[] {
  return records.length ? [...new Set(records.map(({ schema }) => schema))] : ['*']
}
