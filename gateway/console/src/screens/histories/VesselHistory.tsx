import { useId } from 'react'
import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import { Answers } from './Answers'
import { Findings } from './Findings'
import { Left } from './lines'
import type { VesselTold } from './told'
import { TrackFile } from './TrackFile'
import { VesselMap } from './VesselMap'
import { Events, Listings, NamesAndFlags } from './vesselTables'

/** The rule that makes a signal; the others tell contradictions. */
const SIGNAL = 'TWO_SIGNS'

/** What all nodes showed of a vessel: how they answered, what signals, who lists it, as what it sailed, where it was seen. */
export function VesselHistory({ told }: { told: VesselTold }) {
  const { t } = useTexts()
  const id = useId()
  const signals = told.findings.filter(({ rule }) => rule === SIGNAL)
  const others = told.findings.filter(({ rule }) => rule !== SIGNAL)
  const names = [...new Set(told.entries.flatMap(({ name }) => (name ? [name] : [])))]
  const written = [...told.tracks.map(({ handle }) => handle), ...told.events.map(({ handle }) => handle), ...told.areas]
  return (
    <section className="told" aria-labelledby={id} data-vessel={told.number}>
      <h2 id={id}>
        <Said>{names.join(', ') || told.number}</Said>
      </h2>
      <dl className="facts">
        <dt>{t('vessels.imo')}</dt>
        <dd>{told.imos.join(', ') || '—'}</dd>
        <dt>{t('vessels.mmsi')}</dt>
        <dd>{told.mmsis.join(', ') || '—'}</dd>
      </dl>
      <Answers told={told} />
      <h3>{t('vessels.signals')}</h3>
      <Findings findings={signals} none={t('vessels.noSignal')} />
      {told.loneGaps.length ? (
        <Notice>
          {told.loneGapsSay} <Left handles={told.loneGaps} why={t('vessels.loneGaps')} />
        </Notice>
      ) : null}
      <h3>{t('vessels.contradictions')}</h3>
      <Findings findings={others} none={t('vessels.noContradiction')} />
      <Listings told={told} />
      <NamesAndFlags told={told} />
      <Events told={told} />
      <h3>{t('vessels.map.title')}</h3>
      <VesselMap told={told} />
      <p className="actions">
        {written.length ? <TrackFile number={told.number} handles={written} /> : null}
        <ToChart handles={told.claims.map(({ handle }) => handle)} />
      </p>
      <Notice>{told.cannotSay}</Notice>
    </section>
  )
}
