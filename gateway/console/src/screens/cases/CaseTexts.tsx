import { useState } from 'react'
import { useStep } from '../../api/asked'
import { retractFromPicture } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useCase } from './around'
import { Marked } from './Marked'
import { Prose } from './Prose'
import { caption } from './shared'
import type { Text, Version } from './shared'
import { Who } from './Who'
import { useReason } from './words'
import { WriteText } from './WriteText'

/** What members wrote: notes, hypotheses, tasks, links; versions of one moment stand side by side. */
export function CaseTexts() {
  const { t } = useTexts()
  const { view, writable } = useCase()
  const [writing, write] = useState<readonly Version[] | null>(null)
  return (
    <section aria-labelledby="texts" className="stack">
      <h2 id="texts">{t('cases.cases.texts')}</h2>
      {writable ? (
        <p className="actions">
          <Button onClick={() => write([])}>{t('cases.texts.write')}</Button>
        </p>
      ) : null}
      {view.texts.length ? null : <p className="empty">{t('cases.texts.none')}</p>}
      <ul className="plain stack">
        {view.texts.map((each) => (
          <TextCard key={each.first} text={each} onWrite={write} />
        ))}
      </ul>
      {writing ? <WriteText versions={writing} onClose={() => write(null)} /> : null}
    </section>
  )
}

function TextCard({ text, onWrite }: { text: Text; onWrite: (versions: readonly Version[]) => void }) {
  const { t, code } = useTexts()
  const { writable } = useCase()
  const several = text.versions.length > 1
  return (
    <li className={several ? 'card conflict' : 'card'} data-text={text.first}>
      <h3>{code('act', text.act)}</h3>
      {several ? (
        <div className="actions">
          <strong>{t('cases.texts.conflict', { count: text.versions.length })}</strong>
          {writable ? (
            <Button kind="primary" onClick={() => onWrite(text.versions)}>
              {t('cases.texts.join')}
            </Button>
          ) : null}
        </div>
      ) : null}
      <div className={several ? 'sides' : undefined}>
        {text.versions.map((each) => (
          <VersionText key={each.id} version={each} onEdit={() => onWrite([each])} />
        ))}
      </div>
    </li>
  )
}

function VersionText({ version, onEdit }: { version: Version; onEdit: () => void }) {
  const { t, code } = useTexts()
  const { id, mandate, view, records, writable, added } = useCase()
  const reason = useReason()
  const [retracted, retract] = useStep(retractFromPicture)
  return (
    <article className="version">
      <Prose>{version.text}</Prose>
      <p>
        <span className="badge">{code('assessment', version.assessment)}</span> <Marked mark={version.mark} />{' '}
        <small>
          {t('cases.case.by')} <Who member={version.author} me={view.me} /> · <Time at={version.at} />
        </small>
      </p>
      {version.handles.length ? (
        <p>
          <small>
            {t('cases.texts.about')}{t('shell.colon')} <Said>{version.handles.map((each) => caption(records, each)).join(', ')}</Said>
          </small>
        </p>
      ) : null}
      {version.flags.map((each) => (
        <p key={each.handle} className="flag">
          <span aria-hidden="true">! </span>
          {t('cases.texts.flag', { handle: caption(records, each.handle), reason: reason(each.reason) })}
        </p>
      ))}
      <Failure error={retracted.error} />
      {writable ? (
        <p className="actions">
          <Button kind="quiet" onClick={onEdit}>
            {t('cases.texts.edit')}
          </Button>
          {version.author.node === view.me.node ? (
            <Button
              kind="quiet"
              busy={retracted.asking}
              onClick={() => {
                void retract({ id, mandate: mandate.id, refs: [version.id] }).then((made) => {
                  if (made) added([made.retractFromPicture])
                })
              }}
            >
              {t('cases.case.withdraw')}
            </Button>
          ) : null}
        </p>
      ) : null}
    </article>
  )
}
