import type { ReactNode } from 'react'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import type { Column } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useReadable } from '../../parts/useReadable'
import { useTexts } from '../../shell/texts'
import { ToRecord, When } from './lines'
import { saidBy } from './told'
import type { Entry, Seen, VesselTold } from './told'

const LISTING = 'VesselListing'

/** Whose line it is, under which codes, and its record: what goes with every line. */
function useOwner<Line extends Pick<Entry, 'handle' | 'owner' | 'handling' | 'handlingText' | 'source' | 'information' | 'tlp' | 'assessment'>>(): readonly Column<Line>[] {
  const { t, code } = useTexts()
  return [
    {
      key: 'owner',
      title: t('vessels.column.owner'),
      text: ({ owner }) => owner,
      show: ({ owner, handling, handlingText, source, information, tlp, assessment }) => (
        <>
          <NodeBadge node={owner} /> <Marks handling={handling} {...optional({ source, information, tlp })} />{' '}
          {assessment ? <small>{code('assessment', assessment)}</small> : null} {handlingText ? <Said>{handlingText}</Said> : null}
        </>
      ),
    },
    { key: 'record', title: t('histories.record'), show: ({ handle }) => <ToRecord handle={handle} /> },
  ]
}

/** Only what was told. */
function optional(told: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(told).filter((each): each is [string, string] => each[1] !== null))
}

/** On whose list of vessels of interest it stands, since when, why, and what is asked of who sees it. */
export function Listings({ told }: { told: VesselTold }) {
  const { t } = useTexts()
  const owner = useOwner<Entry>()
  const claims = new Map(told.claims.map((each) => [each.handle, each]))
  return (
    <Table
      caption={t('vessels.listed')}
      rows={told.entries.filter(({ schema }) => schema === LISTING)}
      id={({ handle }) => handle}
      empty={t('vessels.unlisted')}
      columns={[
        { key: 'name', title: t('vessels.column.name'), text: ({ name }) => name ?? '', show: ({ name }) => <Said>{name}</Said> },
        { key: 'since', title: t('vessels.column.since'), text: (each) => each.begin?.earliest ?? '', show: ({ handle }) => <Dates values={saidBy(claims.get(handle), 'startDate')} /> },
        { key: 'reason', title: t('vessels.column.reason'), text: ({ reason }) => reason ?? '', show: ({ reason }) => <Said>{reason}</Said> },
        { key: 'wanted', title: t('vessels.column.wanted'), show: ({ handle }) => <Said>{saidBy(claims.get(handle), 'wanted').join('; ') || null}</Said> },
        ...owner,
      ]}
    />
  )
}

/** Under which names, flags and numbers it sailed, each as one service has it; none is altered, none wins. */
export function NamesAndFlags({ told }: { told: VesselTold }) {
  const { t, code } = useTexts()
  const readable = useReadable()
  const owner = useOwner<Entry>()
  const claims = new Map(told.claims.map((each) => [each.handle, each]))
  const day = (property: string) => ({ handle }: Entry): ReactNode => <Dates values={saidBy(claims.get(handle), property)} />
  return (
    <Table
      caption={t('vessels.names')}
      rows={told.entries.filter(({ schema }) => schema !== LISTING)}
      id={({ handle }) => handle}
      empty={t('vessels.unnamed')}
      columns={[
        { key: 'from', title: t('vessels.column.from'), text: (each) => each.begin?.earliest ?? '', show: day('startDate') },
        { key: 'to', title: t('vessels.column.to'), text: (each) => each.end?.latest ?? '', show: day('endDate') },
        { key: 'name', title: t('vessels.column.name'), text: ({ name }) => name ?? '', show: ({ name }) => <Said>{name}</Said> },
        { key: 'flag', title: t('vessels.column.flag'), text: ({ flag }) => flag ?? '', show: ({ flag }) => <Said>{flag ? readable('flag', flag) : null}</Said> },
        { key: 'sign', title: t('vessels.callSign'), text: ({ callSign }) => callSign ?? '', show: ({ callSign }) => <Said>{callSign}</Said> },
        { key: 'imo', title: t('vessels.imo'), text: ({ imos }) => imos.join(' '), show: ({ imos }) => <Said>{imos.join(', ')}</Said> },
        { key: 'mmsi', title: t('vessels.mmsi'), text: ({ mmsis }) => mmsis.join(' '), show: ({ mmsis }) => <Said>{mmsis.join(', ')}</Said> },
        { key: 'as', title: t('vessels.column.as'), text: ({ schema }) => code('schema', schema), show: ({ schema }) => code('schema', schema) },
        ...owner,
      ]}
    />
  )
}

/** What providers derived of AIS, each with its provider, method, version and the confidence that the provider states. */
export function Events({ told }: { told: VesselTold }) {
  const { t, language } = useTexts()
  const owner = useOwner<Seen>()
  const number = new Intl.NumberFormat(language)
  const word = (event: string) => t(`vessels.event.${event}` as 'vessels.event.GAP', { defaultValue: event })
  return (
    <Table
      caption={t('vessels.events')}
      rows={told.events}
      id={({ handle }) => handle}
      empty={t('vessels.unseen')}
      columns={[
        { key: 'when', title: t('histories.when'), text: (each) => each.begin?.earliest ?? '', show: (each) => <When {...each} /> },
        { key: 'what', title: t('histories.what'), text: ({ event }) => word(event), show: ({ event }) => <Said>{word(event)}</Said> },
        { key: 'counts', title: t('vessels.column.counts'), text: ({ counts }) => String(counts), show: ({ counts }) => t(counts ? 'vessels.yes' : 'vessels.no') },
        {
          key: 'where',
          title: t('histories.where'),
          show: ({ latitude, longitude }) => (latitude === null || longitude === null ? '—' : `${latitude.toFixed(3)}, ${longitude.toFixed(3)}`),
        },
        {
          key: 'by',
          title: t('vessels.column.by'),
          text: ({ provider }) => provider ?? '',
          show: ({ provider, method, methodVersion }) => <Said>{[provider, method, methodVersion].filter(Boolean).join(' · ') || null}</Said>,
        },
        {
          key: 'sure',
          title: t('vessels.column.confidence'),
          numeric: true,
          text: ({ confidence }) => confidence ?? 0,
          show: ({ confidence }) => (confidence === null ? '—' : number.format(confidence)),
        },
        ...owner,
      ]}
    />
  )
}

/** Days and moments as their record tells them, no more precise than that. */
function Dates({ values }: { values: readonly string[] }) {
  if (!values.length) return <Time at={null} />
  return values.map((each) => (
    <span key={each}>
      <Time at={each} />{' '}
    </span>
  ))
}
