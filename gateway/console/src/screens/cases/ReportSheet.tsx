import { Suspense, lazy } from 'react'
import type { ReactNode } from 'react'
import { usePerson } from '../../api/session'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useDemo } from '../../shell/demo'
import { useReadable } from '../../parts/useReadable'
import { useTexts } from '../../shell/texts'
import type { Missing } from './AskConsent'
import { sources } from './exported'
import type { Exported, ExportedRecord } from './exported'
import { Marked } from './Marked'
import { mayBeUsed, strictest } from './marks'
import type { DataUse } from './marks'
import { Prose } from './Prose'
import type { HighWater, Text } from './shared'
import { useReason } from './words'

const ReportPicture = lazy(() => import('../chart/ReportPicture'))

interface Props {
  readonly told: Exported
  readonly digest: string
  readonly missing: readonly Missing[]
  readonly title: string
  readonly texts: readonly Text[]
  readonly use: DataUse
}

/** The report as it is printed: no canvas, nothing to press; whatever is left out is named. */
export function ReportSheet({ told, digest, missing, title, texts, use }: Props) {
  const { t, code } = useTexts()
  const { demo } = useDemo()
  const reason = useReason()
  const out = new Set(missing.map(({ handle }) => handle))
  const versions = texts.flatMap(({ act, versions: all }) => all.map((each) => ({ ...each, act })))
  const notes = versions.filter(
    ({ mark, handles }) => mayBeUsed(mark, use, told.persons.length > 0) && !handles.some((each) => out.has(each)),
  )
  const leftOut = versions.length - notes.length
  const mark = strictest([told.highWater, ...notes.map((each) => each.mark)])
  return (
    <article className="report" aria-labelledby="report">
      <Running told={told} digest={digest} title={title || t('cases.cases.untitled')} mark={mark} />
      <div className="report-body">
        <header>
          {demo ? <p className="report-demo">{t('cases.report.demo')}</p> : null}
          <p className="report-mark">
            {t('cases.report.handling')}{t('shell.colon')} <Marked mark={mark} />
          </p>
          <h2 id="report">
            <Said>{title || t('cases.cases.untitled')}</Said>
          </h2>
          <About told={told} digest={digest} />
        </header>
        <Sources told={told} />
        <Suspense>
          <ReportPicture records={told.records} />
        </Suspense>
        <section>
          <h3>{t('cases.report.elements')}</h3>
          <ol>
            {told.records.map((each) => (
              <Element key={each.handle} element={each} />
            ))}
          </ol>
        </section>
        <section>
          <h3>{t('cases.report.notes')}</h3>
          {notes.length ? null : <p>{t('shell.nothing')}</p>}
          {notes.map((each) => (
            <div key={each.id} className="report-note">
              <p>
                <strong>
                  {code('act', each.act)}, {code('assessment', each.assessment)}
                </strong>{' '}
                <Marked mark={each.mark} /> <NodeBadge node={each.author.node} /> <Time at={each.at} />
              </p>
              <Prose>{each.text}</Prose>
            </div>
          ))}
          {leftOut ? <p>{t('cases.report.noteOut', { count: leftOut })}</p> : null}
        </section>
        <section>
          <h3>{t('cases.report.missing')}</h3>
          {missing.length ? (
            <ul>
              {missing.map((each) => (
                <li key={each.handle}>
                  <NodeBadge node={each.provider} /> <Said>{each.handle}</Said> <Marks handling={each.codes} />: {reason(each.reason)}{' '}
                  <small>{each.reason}</small>
                </li>
              ))}
            </ul>
          ) : (
            <p>{t('cases.report.missingNone')}</p>
          )}
        </section>
      </div>
    </article>
  )
}

/** What stands at the head of every printed page; on the screen it is said once, below. */
function Running({ told, digest, title, mark }: Pick<Props, 'told' | 'digest'> & { title: string; mark: HighWater | null }) {
  const { t, code } = useTexts()
  const { demo } = useDemo()
  const person = usePerson()
  const given = sources(told).map(({ node, grants }) => `${node.slice(0, 2).toUpperCase()} ${node}${grants.length ? ` (${grants.join(', ')})` : ''}`)
  return (
    <div className="report-running" aria-hidden="true">
      <div>
        {demo ? <strong>{t('cases.report.demo')} · </strong> : null}
        <strong>
          <Said>{title}</Said>
        </strong>{' '}
        · <Said>{told.mandate.case}</Said> · {code('purpose', told.mandate.purpose)} · <Marked mark={mark} />
      </div>
      <div>
        {person.name}, {person.unit}, {person.node} · <Time at={told.madeAt} /> · <Said>{given.join(', ')}</Said>
      </div>
      <div>SHA-256 {digest.replace('sha256:', '')}</div>
    </div>
  )
}

function About({ told, digest }: Pick<Props, 'told' | 'digest'>) {
  const { t, code } = useTexts()
  const person = usePerson()
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('cases.report.case'), <Said key="case">{told.mandate.case}</Said>],
    [t('cases.report.purpose'), code('purpose', told.mandate.purpose)],
    [t('cases.report.basis'), code('basis', told.mandate.legalBasis)],
    [t('cases.report.use'), code('use', told.use)],
    ...([...told.to, ...told.persons].length
      ? [[t('cases.report.recipients'), <Said key="to">{[...told.to, ...told.persons].join(', ')}</Said>] as const]
      : []),
    [t('cases.report.author'), `${person.name}, ${person.unit}, ${person.node}`],
    [t('cases.report.made'), <Time key="made" at={told.madeAt} />],
    [t('cases.report.number'), told.export],
    [t('cases.report.digest'), <code key="digest">{digest.replace('sha256:', '')}</code>],
  ]
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Sources({ told }: { told: Exported }) {
  const { t, code } = useTexts()
  const found = sources(told)
  const answered = found.filter((each) => each.answered).length
  return (
    <section>
      <h3>{t('cases.report.sources')}</h3>
      <p>
        <strong>{t('cases.report.complete', { answered, asked: found.length })}</strong>
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('analyst.column.node')}</th>
            <th scope="col">{t('cases.cases.state')}</th>
            <th scope="col">{t('cases.cases.records')}</th>
            <th scope="col">{t('cases.report.grants')}</th>
          </tr>
        </thead>
        <tbody>
          {found.map((each) => (
            <tr key={each.node}>
              <td>
                <NodeBadge node={each.node} /> {each.node}
              </td>
              <td>{each.statuses.map((status) => code('status', status)).join(', ')}</td>
              <td>{each.records}</td>
              <td>
                <Said>{each.grants.join(', ')}</Said>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Element({ element }: { element: ExportedRecord }) {
  const { t, code } = useTexts()
  const readable = useReadable()
  const { record } = element
  return (
    <li className="report-element">
      <p>
        <strong>
          {code('schema', record.schema)} <Said>{record.caption ?? element.handle}</Said>
        </strong>{' '}
        <NodeBadge node={element.node} /> <Marks {...record} /> <small>{element.handle}</small>
      </p>
      <table>
        <thead className="unseen">
          <tr>
            <th scope="col">{t('cases.report.property')}</th>
            <th scope="col">{t('cases.report.value')}</th>
          </tr>
        </thead>
        <tbody>
          {record.properties.map(({ name, values }) => (
            <tr key={name}>
              <th scope="row">{code('property', name)}</th>
              <td>
                {values.map((each) => (
                  <div key={each}>
                    <Said>{readable(name, each)}</Said>
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </li>
  )
}
