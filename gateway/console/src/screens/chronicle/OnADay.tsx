import { Table } from '../../parts/Table'
import { Said } from '../../parts/Said'
import { Time, moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { Drawing } from './Drawing'
import { idOf } from './steps'
import { KnownSince, Source, Told, useWhen } from './Told'
import type { OnADayTold, Standing } from './told'

const ASPECTS = ['ROLE', 'TERRITORY', 'CHANNEL', 'TIE'] as const

/** The network as it stood on a day: who was what, where, and paid how; drawn, and told fact by fact. */
export function OnADay({ told }: { told: OnADayTold }) {
  const { t, language } = useTexts()
  const ties = told.facts.map((each) => ({ ...each, id: idOf(each), perhaps: each.state === 'UNCERTAIN', lit: false }))
  const day = moment(told.day, language)
  return (
    <Told told={told} handles={told.facts.map(({ handle }) => handle)}>
      <h2>{t('chronicle.onDay', { day })}</h2>
      {told.facts.length ? <Drawing things={told.things} ties={ties} all={ties} /> : <p className="empty">{t('chronicle.none.day', { day })}</p>}
      {ASPECTS.map((aspect) => (
        <Facts key={aspect} aspect={aspect} facts={told.facts.filter((each) => each.aspect === aspect)} />
      ))}
    </Told>
  )
}

function Facts({ aspect, facts }: { aspect: (typeof ASPECTS)[number]; facts: readonly Standing[] }) {
  const { t } = useTexts()
  const when = useWhen()
  if (!facts.length) return null
  return (
    <Table
      caption={t(`chronicle.aspect.${aspect}`)}
      rows={facts}
      id={idOf}
      columns={[
        { key: 'what', title: t('chronicle.column.what'), text: ({ sentence }) => sentence, show: ({ sentence }) => <Said>{sentence}</Said> },
        {
          key: 'sure',
          title: t('chronicle.column.sure'),
          text: ({ state }) => state,
          show: ({ state }) => (
            <span className={state === 'UNCERTAIN' ? 'badge past-perhaps' : 'badge'} data-sure={state}>
              {t(state === 'UNCERTAIN' ? 'chronicle.perhaps' : 'chronicle.surely')}
            </span>
          ),
        },
        { key: 'when', title: t('chronicle.column.when'), text: ({ begin, end }) => begin?.earliest ?? end?.earliest ?? '', show: (each) => when(each) },
        { key: 'known', title: t('chronicle.column.known'), text: ({ recordedAt }) => recordedAt ?? '', show: (each) => <KnownSince fact={each} /> },
        { key: 'shared', title: t('chronicle.column.shared'), text: ({ sharedAt }) => sharedAt ?? '', show: ({ sharedAt }) => <Time at={sharedAt} /> },
        { key: 'record', title: t('chronicle.column.record'), text: ({ handle }) => handle, show: (each) => <Source fact={each} /> },
      ]}
    />
  )
}
