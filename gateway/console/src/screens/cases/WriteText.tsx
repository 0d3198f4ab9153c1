import { useStep } from '../../api/asked'
import { dropDraft, useDraft } from '../../api/draft'
import { writeInPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Drafted } from '../../parts/Drafted'
import { CheckField, SelectField, TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useCase } from './around'
import { ACTS, ASSESSMENTS, HANDLING, INFORMATION, SOURCES, TLPS } from './marks'
import type { Assessment, HandlingCode, InformationMark, SourceMark, TextAct, TlpMark } from './marks'
import { caption } from './shared'
import type { Version } from './shared'

interface Props {
  /** The versions that the text takes the place of: none for a new text, several to join them. */
  readonly versions: readonly Version[]
  readonly onClose: () => void
}

/** A text, or a newer version in place of others; what it inherits can only be made stricter. */
export function WriteText({ versions, onClose }: Props) {
  const { t, code } = useTexts()
  const { id, mandate, records, added } = useCase()
  const form = `text ${id} ${versions.map((each) => each.id).join('+')}`
  const [act, setAct] = useDraft<TextAct>(form, 'act', (versions[0]?.act as TextAct | undefined) ?? 'NOTE')
  const [text, setText] = useDraft(form, 'text', versions.map((each) => each.text).join('\n\n'))
  const [about, setAbout] = useDraft<readonly string[]>(form, 'about', [...new Set(versions.flatMap(({ handles }) => handles))])
  const [says, setSays] = useDraft<Assessment>(form, 'says', versions.length && versions.every((each) => each.assessment === 'FACT') ? 'FACT' : 'ASSESSMENT')
  const [source, setSource] = useDraft<SourceMark>(form, 'source', 'X')
  const [information, setInformation] = useDraft<InformationMark>(form, 'information', 'N4')
  const [tlp, setTlp] = useDraft<TlpMark>(form, 'tlp', 'AMBER')
  const [handling, setHandling] = useDraft<readonly HandlingCode[]>(form, 'handling', [])
  const [written, write] = useStep(writeInPicture)
  const linked = act !== 'LINK' || about.length === 2
  const submit = async () => {
    if (!linked) return
    const made = await write({
      id,
      mandate: mandate.id,
      text: {
        text,
        ...(versions.length ? { refs: versions.map((each) => each.id) } : { act }),
        handles: [...about],
        assessment: says,
        source,
        information,
        tlp,
        handling: [...handling],
      },
    })
    if (!made) return
    dropDraft(form)
    added([made.writeInPicture])
    onClose()
  }
  return (
    <Dialog open wide title={t(versions.length > 1 ? 'cases.texts.join' : versions.length ? 'cases.texts.edit' : 'cases.texts.write')} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Drafted form={form} />
        {versions.length > 1 ? <p>{t('cases.texts.joining')}</p> : null}
        {versions.length ? null : (
          <SelectField label={t('cases.texts.kind')} value={act} options={ACTS.map((each) => ({ value: each, label: code('act', each) }))} onChange={setAct} />
        )}
        <TextField label={t('cases.texts.text')} value={text} onChange={setText} lines={6} required maxLength={8000} />
        <SelectField
          label={t('cases.texts.says')}
          value={says}
          options={ASSESSMENTS.map((each) => ({ value: each, label: code('assessment', each) }))}
          onChange={setSays}
        />
        <fieldset className="choice">
          <legend>{t('cases.texts.about')}</legend>
          {records.map(({ handle, node }) => (
            <CheckField
              key={handle}
              label={`${node.slice(0, 2).toUpperCase()} ${caption(records, handle)}`}
              checked={about.includes(handle)}
              onChange={(on) => setAbout(on ? [...about, handle] : about.filter((each) => each !== handle))}
            />
          ))}
          {records.length ? null : <small>{t('cases.records.none')}</small>}
          {linked ? null : <small className="field-error">{t('cases.texts.aboutTwo')}</small>}
        </fieldset>
        <details>
          <summary>{t('cases.texts.marks')}</summary>
          <p>{t('cases.texts.marksText')}</p>
          <div className="form row">
            <SelectField
              label={t('cases.texts.source')}
              value={source}
              options={SOURCES.map((each) => ({ value: each, label: `${each}: ${code('source', each)}` }))}
              onChange={setSource}
            />
            <SelectField
              label={t('cases.texts.information')}
              value={information}
              options={INFORMATION.map((each) => ({ value: each, label: `${each.slice(1)}: ${code('information', each.slice(1))}` }))}
              onChange={setInformation}
            />
            <SelectField
              label="TLP"
              value={tlp}
              options={TLPS.map((each) => ({ value: each, label: each.replace('_', '+') }))}
              onChange={setTlp}
            />
          </div>
          {HANDLING.map((each) => (
            <CheckField
              key={each}
              label={`${each}: ${code('handling', each)}`}
              checked={handling.includes(each)}
              onChange={(on) => setHandling(on ? [...handling, each] : handling.filter((one) => one !== each))}
            />
          ))}
        </details>
        <Failure error={written.error} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={written.asking}>
            {t('cases.texts.save')}
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
