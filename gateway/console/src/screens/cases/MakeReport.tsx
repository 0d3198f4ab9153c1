import { useState } from 'react'
import { useStep } from '../../api/asked'
import type { Mandate } from '../../api/mandate'
import { exportPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { CheckField, SelectField, TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { LANGUAGES, NAMES, useTexts } from '../../shell/texts'
import type { Language } from '../../shell/texts'
import { AskConsent } from './AskConsent'
import { Documents } from './Documents'
import { exported } from './exported'
import { InLanguage } from './InLanguage'
import { USES } from './marks'
import type { DataUse } from './marks'
import { ReportSheet } from './ReportSheet'
import { Restrictions } from './Restrictions'
import { saveFile } from '../../parts/save'
import type { Text } from './shared'
import './cases.css'
import './report.css'

/** What one export takes. */
const MOST = 50

interface Props {
  /** The shared picture that it is of, if it is of one. */
  readonly picture?: string
  readonly handles: readonly string[]
  readonly title: string
  readonly texts: readonly Text[]
  readonly mandate: Mandate
  /** What is told where there is no record. */
  readonly empty: string
}

/** Records chosen, exported under the law, then a sheet to print, a table, the data; of many the first are chosen. */
export function MakeReport({ picture, handles, title, texts, mandate, empty }: Props) {
  const { t, code, language: own } = useTexts()
  const [left, leave] = useState(handles.slice(MOST))
  const [use, setUse] = useState<DataUse>('INTERNAL')
  const [to, setTo] = useState('')
  const [persons, setPersons] = useState('')
  const [language, setLanguage] = useState<Language>(own)
  const [made, make] = useStep(exportPicture)
  const wanted = handles.filter((each) => !left.includes(each))
  const receivers = use === 'INTERNAL' ? [] : to.split(/\s+/).filter(Boolean)
  const named = persons.split('\n').map((each) => each.trim()).filter(Boolean)
  const go = (acknowledged = '') =>
    void make({ wanted: { handles: wanted, use, mandate: mandate.id, to: receivers, persons: named, acknowledged } })
  const given = made.data?.exportPicture
  return (
    <>
      <Documents picture={picture} handles={picture ? handles : wanted} mandate={mandate} />
      <form
        className="panel no-print"
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <h2>{t('cases.report.sheet')}</h2>
        <p>{t('cases.report.lead')}</p>
        <div className="form row">
          <SelectField
            label={t('cases.report.use')}
            value={use}
            options={USES.map((each) => ({ value: each, label: code('use', each) }))}
            onChange={setUse}
          />
          <SelectField
            label={t('cases.report.language')}
            value={language}
            options={LANGUAGES.map((each) => ({ value: each, label: NAMES[each] }))}
            onChange={setLanguage}
          />
          {use === 'INTERNAL' ? null : (
            <TextField
              label={t('cases.report.to')}
              hint={t('cases.report.toHint')}
              value={to}
              onChange={setTo}
              required={use === 'ONWARD'}
            />
          )}
        </div>
        <details open={handles.length > MOST}>
          <summary>{t('cases.report.which')}</summary>
          {handles.length > MOST ? <Notice tone="warning">{t('cases.report.most', { most: MOST })}</Notice> : null}
          {handles.map((each) => (
            <CheckField
              key={each}
              label={each}
              checked={!left.includes(each)}
              onChange={(on) => leave(on ? left.filter((one) => one !== each) : [...left, each])}
            />
          ))}
          <TextField
            label={t('cases.report.persons')}
            hint={t('cases.report.personsHint')}
            value={persons}
            onChange={setPersons}
            lines={2}
          />
        </details>
        {handles.length ? null : <p className="empty">{empty}</p>}
        <p className="actions">
          <Button kind="primary" type="submit" busy={made.asking} disabled={!wanted.length || wanted.length > MOST}>
            {t('cases.report.make')}
          </Button>
          {given ? (
            <>
              <Button kind="primary" onClick={() => window.print()}>
                {t('cases.report.print')}
              </Button>
              <Button onClick={() => saveFile(`${given.id}.csv`, 'text/csv;charset=utf-8', `\ufeff${given.table}`)}>{t('cases.report.table')}</Button>
              <Button onClick={() => saveFile(`${given.id}.json`, 'application/json', given.content)}>{t('cases.report.data')}</Button>
            </>
          ) : null}
        </p>
      </form>
      <Failure error={made.error} />
      {given ? (
        <Restrictions id="restrictions" level={2} given={given} says={t('cases.report.read')} onRead={() => go(given.acknowledgement)} />
      ) : null}
      {given ? <AskConsent missing={given.missing} use={use} to={receivers} mandate={mandate.id} /> : null}
      {given ? (
        <InLanguage language={language}>
          <ReportSheet
            told={exported(given.content)}
            digest={given.digest}
            missing={given.missing}
            title={title}
            texts={texts}
            use={use}
          />
        </InLanguage>
      ) : null}
    </>
  )
}
