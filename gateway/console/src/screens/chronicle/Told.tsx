import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Marks, NodeBadge } from '../../parts/Marks'
import { NodeCards } from '../../parts/NodeCards'
import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time, moment } from '../../parts/Time'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import type { Known, Rest, Standing } from './told'

/** How every node answered, the findings, then what stands at no time, what is assumed and what cannot be said. */
export function Told({ told, handles, children }: { told: Rest; handles: readonly string[]; children: ReactNode }) {
  const { t, language } = useTexts()
  return (
    <>
      <p role="status">
        <strong>{told.completeness}</strong> {t('chronicle.questions', { count: told.questions })}
      </p>
      <NodeCards label={t('chronicle.nodes')} nodes={told.nodes} />
      {told.stopped === 'QUESTIONS' || told.stopped === 'VERTICES' ? (
        <Notice tone="warning">{t(`chronicle.stopped.${told.stopped}`)}</Notice>
      ) : null}
      {told.knownBy ? <Notice>{t('chronicle.lens.known', { at: moment(told.knownBy, language) })}</Notice> : null}
      {told.sharedBy ? <Notice>{t('chronicle.lens.shared', { at: moment(told.sharedBy, language) })}</Notice> : null}
      {children}
      {handles.length ? (
        <p className="actions">
          <ToChart handles={[...new Set(handles)]} />
        </p>
      ) : null}
      {told.withoutTime.length ? (
        <section className="panel" aria-labelledby="past-untold">
          <h2 id="past-untold">{t('chronicle.untold.title')}</h2>
          <p>{t('chronicle.untold.means')}</p>
          <ul>
            {told.withoutTime.map((each) => (
              <li key={`${each.handle} ${each.subject} ${each.object}`} data-untold={each.why}>
                <Said>{each.sentence}</Said> ({each.whySays}) <Source fact={each} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <Notice title={t('chronicle.limits')}>
        <p>{told.assumes}</p>
        <p>{told.cannotSay}</p>
      </Notice>
    </>
  )
}

/** Whose record says it, under which codes, since when it is known there and here. */
export function Source({ fact }: { fact: Known }) {
  return (
    <>
      <NodeBadge node={fact.owner} /> <Marks handling={fact.handling} />{' '}
      <Link className="past-source" to={`/record/${encodeURIComponent(fact.handle)}`}>
        <Said>{fact.handle}</Said>
      </Link>
    </>
  )
}

/** Since when its owner's node has it; of a later version it is said that an earlier one was perhaps the same. */
export function KnownSince({ fact }: { fact: Known }) {
  const { t } = useTexts()
  return (
    <>
      <Time at={fact.recordedAt} />
      {fact.version > 1 ? (
        <>
          {' '}
          <small data-perhaps-before={fact.version}>{t('chronicle.perhapsBefore', { version: fact.version })}</small>
        </>
      ) : null}
    </>
  )
}

/** For which time a record tells it, as exactly as it does. */
export function useWhen(): (fact: Pick<Standing, 'told' | 'begin' | 'end' | 'observed'>) => string {
  const { t, language } = useTexts()
  return ({ told, begin, end, observed }) => {
    const [first = '', last = '', ...more] = told.split('/')
    if (more.length) return told
    if (begin && end) return t('chronicle.when.both', { begin: moment(first, language), end: moment(last, language) })
    if (end) return t('chronicle.when.end', { end: moment(last, language) })
    return t(observed ? 'chronicle.when.once' : 'chronicle.when.begin', { begin: moment(first, language) })
  }
}
