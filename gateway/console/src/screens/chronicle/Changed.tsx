import { Fragment } from 'react'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { KnownSince, Source, Told } from './Told'
import type { Change, ChangesTold } from './told'

/** What differs between two days: told in sentences, roles, territories and channels apart, and the same as a table. */
export function Changed({ told }: { told: ChangesTold }) {
  const { t, language } = useTexts()
  const sure = told.changes.filter(({ turn }) => turn !== 'UNCERTAIN')
  const perhaps = told.changes.filter(({ turn }) => turn === 'UNCERTAIN')
  const days = { since: moment(told.since, language), until: moment(told.until, language) }
  return (
    <Told told={told} handles={told.changes.flatMap(handlesOf)}>
      <h2>{t('chronicle.differs', days)}</h2>
      {told.changes.length ? null : <p className="empty">{t('chronicle.none.changed', days)}</p>}
      <InWords title={t('chronicle.changed.sure')} id="past-sure" changes={sure} />
      <InWords title={t('chronicle.changed.perhaps')} id="past-perhaps" changes={perhaps} means={t('chronicle.changed.perhapsMeans')} />
      {told.changes.length ? <AsTable changes={told.changes} {...days} /> : null}
    </Told>
  )
}

function InWords({ title, id, changes, means }: { title: string; id: string; changes: readonly Change[]; means?: string }) {
  const { t } = useTexts()
  if (!changes.length) return null
  return (
    <section className="panel" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {means ? <p>{means}</p> : null}
      <ul className="past-changes">
        {changes.map((each) => (
          <li key={keyOf(each)} data-turn={each.turn}>
            <span className={each.turn === 'UNCERTAIN' ? 'badge past-perhaps' : 'badge'}>{each.aspectSays}</span> <Said longest={1200}>{each.sentence}</Said>
            <ul className="plain past-sources">
              {factsOf(each).map((fact) => (
                <li key={fact.handle}>
                  <small>
                    <Source fact={fact} /> · {t('chronicle.column.known')}{t('shell.colon')} <KnownSince fact={fact} />
                  </small>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  )
}

function AsTable({ changes, since, until }: { changes: readonly Change[]; since: string; until: string }) {
  const { t } = useTexts()
  const turn = (each: Change) => t(`chronicle.turn.${each.turn}` as 'chronicle.turn.BEGAN', { defaultValue: each.turn })
  return (
    <Table
      caption={t('chronicle.changed.table')}
      rows={changes}
      id={keyOf}
      columns={[
        { key: 'aspect', title: t('chronicle.column.aspect'), text: ({ aspectSays }) => aspectSays, show: ({ aspectSays }) => aspectSays },
        { key: 'turn', title: t('chronicle.column.turn'), text: turn, show: turn },
        { key: 'before', title: t('chronicle.column.on', { day: since }), show: ({ before }) => <Side matter={before} /> },
        { key: 'after', title: t('chronicle.column.on', { day: until }), show: ({ after }) => <Side matter={after} /> },
        {
          key: 'records',
          title: t('chronicle.column.records'),
          show: (each) =>
            factsOf(each).map((fact) => (
              <div key={fact.handle}>
                <Source fact={fact} />
              </div>
            )),
        },
      ]}
    />
  )
}

/** Who, what and with whom on one of the two days; nothing where no record tells it for that day. */
function Side({ matter }: { matter: Change['before'] }) {
  const { t } = useTexts()
  if (!matter.facts.length) return <span className="none">{t('chronicle.notTold')}</span>
  return (
    <>
      <Said>{matter.subjectName}</Said> – <Said>{matter.objectName}</Said>
      {matter.says.map((each) => (
        <Fragment key={each}>
          {' '}
          [<Said>{each}</Said>]
        </Fragment>
      ))}
      {matter.state === 'UNCERTAIN' ? (
        <>
          {' '}
          <span className="badge past-perhaps">{t('chronicle.perhaps')}</span>
        </>
      ) : null}
    </>
  )
}

function factsOf({ before, after }: Change) {
  return [...new Map([...before.facts, ...after.facts].map((fact) => [fact.handle, fact] as const)).values()]
}

function handlesOf(change: Change): readonly string[] {
  return factsOf(change).map(({ handle }) => handle)
}

function keyOf(change: Change): string {
  const { before, after, turn, aspect } = change
  return [turn, aspect, before.subject, before.object, after.subject, after.object, ...handlesOf(change)].join(' ')
}
