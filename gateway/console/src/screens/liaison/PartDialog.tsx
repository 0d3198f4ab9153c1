import type { Refused } from '../../api/ask'
import { dropDraft, useDraft } from '../../api/draft'
import type { Mode } from '../../api/vocabulary'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Drafted } from '../../parts/Drafted'
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
  const form = partForm(item)
  const [tier, setTier] = useDraft(form, 'tier', tiers.at(-2) ?? tiers.at(-1) ?? 'HIT')
  const [masked, setMasked] = useDraft<readonly string[]>(form, 'masked', [])
  const [left, leave] = useDraft<readonly string[]>(form, 'left', [])
  const give = () =>
    onGive({
      ...(tier === wanted ? {} : { tier }),
      masked: [...masked],
      records: left.length ? records.map(({ id }) => id).filter((each) => !left.includes(each)) : [],
    })
  return (
    <Dialog open title={t('liaison.decide.partTitle')} onClose={onClose}>
      <Drafted form={form} />
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
        <Button
          onClick={() => {
            dropDraft(form)
            onClose()
          }}
        >
          {t('shell.cancel')}
        </Button>
      </p>
    </Dialog>
  )
}

/** What a part of an item is drafted under. */
export function partForm(item: Item): string {
  return `part ${item.id}`
}

function rankOf(tier: string): number {
  return TIERS.findIndex((each) => each === tier)
}

function schemataOf(records: readonly Matched[]): readonly string[] {
  return records.length ? [...new Set(records.map(({ schema }) => schema))] : ['*']
}
