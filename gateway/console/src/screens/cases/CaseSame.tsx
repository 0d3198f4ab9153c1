import { useState } from 'react'
import { useStep } from '../../api/asked'
import { judgeInPicture, retractFromPicture, saySameInPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { CheckField, SelectField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useCase } from './around'
import { Marked } from './Marked'
import { caption } from './shared'
import type { Assertion } from './shared'
import { Who } from './Who'
import { useEvidence, useReason } from './words'

const FEATURES = ['NAME', 'BIRTH_DATE', 'NUMBER', 'ADDRESS', 'IDENTIFIER', 'CONTACT'] as const

/** What members hold to be the same, or not; each node accepts or rejects it for itself. */
export function CaseSame() {
  const { t } = useTexts()
  const { view, records, writable } = useCase()
  return (
    <section aria-labelledby="same" className="stack">
      <h2 id="same">{t('cases.same.title')}</h2>
      <p>{t('cases.same.lead')}</p>
      {view.asserted.length ? null : <p className="empty">{t('cases.same.none')}</p>}
      <ul className="plain stack">
        {view.asserted.map((each) => (
          <AssertionCard key={each.said.id} assertion={each} />
        ))}
      </ul>
      {writable && records.length > 1 ? (
        <details>
          <summary>{t('cases.same.say')}</summary>
          <SayIt />
        </details>
      ) : null}
    </section>
  )
}

function AssertionCard({ assertion }: { assertion: Assertion }) {
  const { t, code, language } = useTexts()
  const { id, mandate, view, records, writable, added } = useCase()
  const evidence = useEvidence()
  const reason = useReason()
  const [judged, judge] = useStep(judgeInPicture)
  const [retracted, retract] = useStep(retractFromPicture)
  const { said } = assertion
  const decide = (accept: boolean) =>
    void judge({ id, mandate: mandate.id, refs: [said.id], accept }).then((made) => {
      if (made) added([made.judgeInPicture])
    })
  const names = said.handles.map((each) => caption(records, each))
  const list = new Intl.ListFormat(language)
  return (
    <li className="card" data-assertion={said.id}>
      <h3>
        {code('act', said.act)}{t('shell.colon')} <Said>{names[0]}</Said> {said.act === 'SAME' ? '=' : '≠'} <Said>{names[1]}</Said>
      </h3>
      <p>
        {assertion.band ? <span className="badge">{code('band', assertion.band)}</span> : null}{' '}
        {assertion.score === null ? null : new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format(assertion.score)}{' '}
        {assertion.score !== null && !assertion.calibrated ? `(${t('cases.same.uncalibrated')})` : ''} <Marked mark={said.mark} />{' '}
        <small>
          {t('cases.case.by')} <Who member={said.author} me={view.me} /> · <Time at={said.at} />
        </small>
      </p>
      {assertion.evidence.length ? (
        <ul>
          {assertion.evidence.map((each) => (
            <li key={each}>
              <Said>{evidence(each)}</Said>
            </li>
          ))}
        </ul>
      ) : null}
      {assertion.flags.map((each) => (
        <p key={each.handle} className="flag">
          <span aria-hidden="true">! </span>
          {t('cases.texts.flag', { handle: caption(records, each.handle), reason: reason(each.reason) })}
        </p>
      ))}
      <p>
        <strong>{t(assertion.counts ? 'cases.same.counts' : 'cases.same.countsNot')}.</strong>{' '}
        {assertion.accepted.length ? t('cases.same.accepted', { nodes: list.format(assertion.accepted) }) : ''}{' '}
        {assertion.rejected.length ? t('cases.same.rejected', { nodes: list.format(assertion.rejected) }) : ''}
      </p>
      <Failure error={judged.error ?? retracted.error} />
      {writable ? (
        <p className="actions">
          {assertion.counts ? null : (
            <Button busy={judged.asking} onClick={() => decide(true)}>
              {t('cases.same.accept')}
            </Button>
          )}
          {assertion.rejected.includes(view.me.node) ? null : (
            <Button busy={judged.asking} onClick={() => decide(false)}>
              {t('cases.same.reject')}
            </Button>
          )}
          {said.author.node === view.me.node ? (
            <Button
              kind="quiet"
              busy={retracted.asking}
              onClick={() => {
                void retract({ id, mandate: mandate.id, refs: [said.id] }).then((made) => {
                  if (made) added([made.retractFromPicture])
                })
              }}
            >
              {t('cases.case.withdraw')}
            </Button>
          ) : null}
        </p>
      ) : null}
    </li>
  )
}

function SayIt() {
  const { t, code } = useTexts()
  const { id, mandate, records, added } = useCase()
  const [left, setLeft] = useState(records[0]?.handle ?? '')
  const [right, setRight] = useState(records[1]?.handle ?? '')
  const [features, setFeatures] = useState<readonly string[]>([])
  const [said, say] = useStep(saySameInPicture)
  const options = records.map(({ handle }) => ({ value: handle, label: `${caption(records, handle)} (${handle})` }))
  const evidence = useEvidence()
  const submit = async (act: 'SAME' | 'NOT_SAME') => {
    const level = act === 'SAME' ? 'EQUAL' : 'DIFFERENT'
    const made = await say({
      id,
      mandate: mandate.id,
      same: { act, left, right, evidence: features.map((each) => `${each}_${level}`) },
    })
    if (made) added([made.saySameInPicture])
  }
  const two = left !== right
  return (
    <div className="form">
      <SelectField label={t('cases.same.left')} value={left} options={options} onChange={setLeft} />
      <SelectField label={t('cases.same.right')} value={right} options={options} onChange={setRight} />
      <fieldset className="choice">
        <legend>{t('cases.same.evidence')}</legend>
        {FEATURES.map((each) => (
          <CheckField
            key={each}
            label={`${code('feature', each)} (${evidence(`${each}_EQUAL`)} / ${evidence(`${each}_DIFFERENT`)})`}
            checked={features.includes(each)}
            onChange={(on) => setFeatures(on ? [...features, each] : features.filter((one) => one !== each))}
          />
        ))}
      </fieldset>
      {two ? null : <Notice tone="warning">{t('cases.same.two')}</Notice>}
      <Failure error={said.error} />
      <p className="actions">
        <Button kind="primary" busy={said.asking} disabled={!two} onClick={() => void submit('SAME')}>
          {t('cases.resembling.same')}
        </Button>
        <Button busy={said.asking} disabled={!two} onClick={() => void submit('NOT_SAME')}>
          {t('cases.resembling.notSame')}
        </Button>
      </p>
    </div>
  )
}
