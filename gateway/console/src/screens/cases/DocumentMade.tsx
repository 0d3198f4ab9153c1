import { Link } from 'react-router'
import type { ResultOf } from 'gql.tada'
import type { makeReport } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Marks, NodeBadge } from '../../parts/Marks'
import { NodeCards } from '../../parts/NodeCards'
import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { bytes, saveFile } from '../../parts/save'
import { Table } from '../../parts/Table'
import { NAMES, useTexts } from '../../shell/texts'
import type { Language } from '../../shell/texts'
import { AskConsent } from './AskConsent'
import { answers } from './documents'
import { Marked } from './Marked'
import type { DataUse } from './marks'
import { Restrictions } from './Restrictions'
import { useReason } from './words'

type Given = ResultOf<typeof makeReport>['makeReport']

interface Props {
  readonly given: Given
  readonly language: Language
  readonly use: DataUse
  readonly to: readonly string[]
  readonly mandate: string
  /** The texts of H3 were read: the digest that says so. */
  readonly onRead: (acknowledged: string) => void
}

/** A document that was logged and made: its files, and what they contain, with what is missing and why. */
export function DocumentMade({ given, language, use, to, mandate, onRead }: Props) {
  const { t, code } = useTexts()
  const reason = useReason()
  return (
    <div className="document-made" data-report={given.id}>
      <Notice tone="success">{t('cases.documents.made', { number: given.id, count: given.records })}</Notice>
      <p className="actions">
        {given.files.map((each) => (
          <Button key={each.format} kind="primary" onClick={() => saveFile(`${given.id}${each.ending}`, each.mediaType, new Blob([bytes(each.content)]))}>
            {t('cases.documents.save', { format: each.format })}
          </Button>
        ))}
        <Button onClick={() => saveFile(`${given.id}.json`, 'application/json', given.content)}>{t('cases.documents.data')}</Button>
      </p>
      <Restrictions
        id={`${given.id}-texts`}
        level={3}
        given={given}
        says={t('cases.documents.read')}
        onRead={() => onRead(given.acknowledgement)}
      />
      <h3>{t('cases.documents.contains', { language: NAMES[language] })}</h3>
      <p role="status">
        <strong lang={language}>{given.completeness}</strong>
      </p>
      {given.highWater ? (
        <p>
          {t('cases.report.handling')}{t('shell.colon')} <Marked mark={given.highWater} />
        </p>
      ) : null}
      <NodeCards label={t('cases.report.sources')} nodes={answers(given.nodes)} />
      <Figures given={given} language={language} />
      <Handles groups={given.once} says={t('cases.documents.once')} />
      <Handles groups={given.maybeSame} says={t('cases.documents.maybeSame')} />
      {given.asides.length ? (
        <>
          <h3>{t('cases.documents.asides')}</h3>
          <ul>
            {given.asides.map((each) => (
              <li key={each.handle}>
                <ToRecord handle={each.handle} />: {code('aside', each.why)}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {given.textsLeftOut ? <p>{t('cases.report.noteOut', { count: given.textsLeftOut })}</p> : null}
      <h3>{t('cases.report.missing')}</h3>
      {given.missing.length ? (
        <ul>
          {given.missing.map((each) => (
            <li key={each.handle}>
              <NodeBadge node={each.provider} /> <Said>{each.handle}</Said> <Marks handling={each.codes} />: {reason(each.reason)} <small>{each.reason}</small>
            </li>
          ))}
        </ul>
      ) : (
        <p>{t('cases.report.missingNone')}</p>
      )}
      <AskConsent missing={given.missing} use={use} to={to} mandate={mandate} />
    </div>
  )
}

/** Each figure per service and joint, with the records that it is from and how complete it is. */
function Figures({ given, language }: Pick<Props, 'given' | 'language'>) {
  const { t } = useTexts()
  return (
    <Table
      caption={t('cases.documents.figures')}
      rows={given.figures}
      id={({ matter, what, unit, service }) => [matter, what, unit, service ?? ''].join(' ')}
      empty={t('cases.documents.noFigures')}
      columns={[
        { key: 'what', title: t('cases.documents.what'), text: ({ says }) => says, show: ({ says }) => <Said lang={language}>{says}</Said> },
        { key: 'amount', title: t('cases.documents.amount'), numeric: true, show: ({ amount }) => <span lang={language}>{amount}</span> },
        {
          key: 'service',
          title: t('cases.documents.service'),
          text: ({ service }) => service ?? '',
          show: ({ service }) => (service ? <Said>{service}</Said> : <strong>{t('cases.documents.joint')}</strong>),
        },
        { key: 'complete', title: t('cases.documents.complete'), show: ({ completeness }) => <span lang={language}>{completeness}</span> },
        {
          key: 'records',
          title: t('cases.documents.records'),
          show: ({ handles }) =>
            handles.map((each) => (
              <div key={each}>
                <ToRecord handle={each} />
              </div>
            )),
        },
      ]}
    />
  )
}

function Handles({ groups, says }: { groups: readonly (readonly string[])[]; says: string }) {
  if (!groups.length) return null
  return (
    <ul>
      {groups.map((group) => (
        <li key={group.join(' ')}>
          {says}{' '}
          {group.map((each) => (
            <span key={each}>
              <ToRecord handle={each} />{' '}
            </span>
          ))}
        </li>
      ))}
    </ul>
  )
}

function ToRecord({ handle }: { handle: string }) {
  return (
    <Link to={`/record/${encodeURIComponent(handle)}`}>
      <Said>{handle}</Said>
    </Link>
  )
}
