import { useId, useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import type { Mandate } from '../../api/mandate'
import { makeReport, sharedPictures } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { CheckField, SelectField, TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { LANGUAGES, NAMES, useTexts } from '../../shell/texts'
import type { Language } from '../../shell/texts'
import { DocumentMade } from './DocumentMade'
import { FORMATS, KINDS, listed, otherLanguage, wantedOf } from './documents'
import type { Choice } from './documents'
import { USES } from './marks'

/** What one case of a report takes. */
const MOST = 50

interface Props {
  /** A shared picture with all its records; without one these are reported. */
  readonly picture: string | undefined
  readonly handles: readonly string[]
  readonly mandate: Mandate
}

/** The month's note, the case report or the hand-over, as files: chosen, made under the law, then shown and saved. */
export function Documents({ picture, handles, mandate }: Props) {
  const { t, code, language: own } = useTexts()
  const id = useId()
  const [chosen, choose] = useState<Choice>(() => ({
    kind: 'CASE',
    language: own,
    formats: ['PDF'],
    use: 'INTERNAL',
    to: '',
    persons: '',
    country: '',
    period: new Date().toISOString().slice(0, 7),
    others: [],
  }))
  const [inLanguage, setInLanguage] = useState<Language>(own)
  const [told, make] = useStep(makeReport)
  const put = (part: Partial<Choice>) => choose((before) => ({ ...before, ...part }))
  const others = useOthers(picture)
  const go = (acknowledged = '') => {
    setInLanguage(chosen.language)
    const first = { mandate: mandate.id, picture: picture ?? '', handles: picture ? [] : [...handles] }
    const more = others.flatMap((each) => (chosen.others.includes(each.picture) ? [{ mandate: each.mandate, picture: each.picture, handles: [] }] : []))
    void make({ wanted: wantedOf(chosen, [first, ...more], acknowledged) })
  }
  const use = chosen.kind === 'HANDOVER' ? 'ONWARD' : chosen.use
  const given = told.data?.makeReport
  return (
    <section className="panel no-print" aria-labelledby={id}>
      <h2 id={id}>{t('cases.documents.title')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <p>
          {t('cases.documents.lead')} {picture ? null : t('cases.documents.chosen')}
        </p>
        <fieldset className="document-kinds">
          <legend>{t('cases.documents.kind')}</legend>
          {KINDS.map((each) => (
            <div key={each} className="check">
              <input
                id={`${id}-${each}`}
                type="radio"
                name={id}
                checked={chosen.kind === each}
                aria-describedby={`${id}-${each}-means`}
                onChange={() => put({ kind: each, language: each === 'HANDOVER' ? otherLanguage(own) : own })}
              />
              <div>
                <label htmlFor={`${id}-${each}`}>{t(`cases.documents.kinds.${each}`)}</label>
                <br />
                <small id={`${id}-${each}-means`}>{t(`cases.documents.means.${each}`)}</small>
              </div>
            </div>
          ))}
        </fieldset>
        <div className="form row">
          {chosen.kind === 'NOTE' ? (
            <TextField
              label={t('cases.documents.period')}
              hint={t('cases.documents.periodHint')}
              type="month"
              value={chosen.period}
              onChange={(period) => put({ period })}
              required
            />
          ) : null}
          <SelectField
            label={t('cases.documents.language')}
            value={chosen.language}
            options={LANGUAGES.map((each) => ({ value: each, label: NAMES[each] }))}
            onChange={(language) => put({ language })}
          />
          {chosen.kind === 'HANDOVER' ? null : (
            <SelectField
              label={t('cases.documents.use')}
              value={chosen.use}
              options={USES.map((each) => ({ value: each, label: code('use', each) }))}
              onChange={(told) => put({ use: told })}
            />
          )}
          {use === 'INTERNAL' ? null : (
            <TextField
              label={t('cases.documents.to')}
              hint={t('cases.report.toHint')}
              value={chosen.to}
              onChange={(to) => put({ to })}
              required={use === 'ONWARD'}
            />
          )}
          {use === 'JUDICIAL' ? (
            <TextField
              label={t('cases.documents.country')}
              hint={t('cases.documents.countryHint')}
              value={chosen.country}
              onChange={(country) => put({ country: country.toUpperCase().slice(0, 2) })}
            />
          ) : null}
        </div>
        {chosen.kind === 'NOTE' && others.length ? (
          <fieldset className="document-kinds">
            <legend>{t('cases.documents.others')}</legend>
            {others.map(({ picture: each, title }) => (
              <CheckField
                key={each}
                label={title}
                checked={chosen.others.includes(each)}
                onChange={(on) => put({ others: on ? [...chosen.others, each] : chosen.others.filter((one) => one !== each) })}
              />
            ))}
          </fieldset>
        ) : null}
        {chosen.kind === 'NOTE' ? <small>{t('cases.documents.othersHint')}</small> : null}
        <fieldset className="document-formats">
          <legend>{t('cases.documents.formats')}</legend>
          {FORMATS.map((each) => (
            <CheckField
              key={each}
              label={each}
              checked={chosen.formats.includes(each)}
              onChange={(on) => put({ formats: FORMATS.filter((one) => (one === each ? on : chosen.formats.includes(one))) })}
            />
          ))}
        </fieldset>
        <details>
          <summary>{t('cases.documents.persons')}</summary>
          <TextField
            label={t('cases.documents.personsOf')}
            hint={t('cases.report.personsHint')}
            value={chosen.persons}
            onChange={(persons) => put({ persons })}
            lines={2}
          />
        </details>
        <p className="actions">
          <Button kind="primary" type="submit" busy={told.asking} disabled={!chosen.formats.length || !handles.length || handles.length > MOST}>
            {t('cases.documents.make')}
          </Button>
          <small>{t('cases.documents.logged')}</small>
        </p>
      </form>
      <Failure error={told.error} />
      {given ? (
        <DocumentMade given={given} language={inLanguage} use={use} to={use === 'INTERNAL' ? [] : listed(chosen.to)} mandate={mandate.id} onRead={go} />
      ) : null}
    </section>
  )
}

/** Other shared cases for which the person holds a mandate: a note may hold them too. */
function useOthers(picture: string | undefined) {
  const { mandates } = useMandate()
  const { data } = useRead(sharedPictures, {})
  return (data?.sharedPictures ?? []).flatMap(({ id, title, case: reference }) => {
    const held = mandates.find((each) => each.case === reference)
    return held && id !== picture ? [{ picture: id, title: `${title || id} (${reference})`, mandate: held.id }] : []
  })
}
