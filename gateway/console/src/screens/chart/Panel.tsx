import { useState } from 'react'
import { Link } from 'react-router'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { NodeBadge } from '../../parts/Marks'
import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import { RecordFacts } from '../analyst/RecordPage'
import { claimOf, nodeOf } from './contents'
import { Facets } from './Facets'
import { noted } from './model'
import type { Handle } from './model'
import { ungrouped } from './room'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'
import { nameOf } from './view'
import type { ShownNode } from './view'
import { waysFrom } from './walk'

/** Links that are listed at first, and more by each press. */
const LISTED = 30

/** What is known of the record that was chosen last, and what else is on the chart. */
export function Panel({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t } = useTexts()
  const node = desk.view.nodes.find(({ id }) => id === chosen.current)
  return (
    <>
      <section className="panel" aria-labelledby="chart-facts">
        <h2 id="chart-facts" tabIndex={-1}>
          {node ? <Said>{node.label}</Said> : t('chart.nothingChosen')}
        </h2>
        {chosen.ids.size > 1 ? <p>{t('chart.chosen', { count: chosen.handles.length })}</p> : null}
        {node?.state === 'bundle' ? <Bundle node={node} desk={desk} chosen={chosen} /> : null}
        {node && node.state !== 'bundle' ? <Chosen key={node.id} node={node} desk={desk} chosen={chosen} /> : null}
      </section>
      <KeyPlayers desk={desk} chosen={chosen} />
      <Facets desk={desk} chosen={chosen} />
    </>
  )
}

function Chosen({ node, desk, chosen }: { node: ShownNode; desk: Desk; chosen: Chosen }) {
  const { t } = useTexts()
  const handle = node.id
  const claim = claimOf(desk.contents, handle)
  const known = desk.contents.records.get(handle)
  const ways = waysFrom(desk.view, handle)
  const [listed, list] = useState(LISTED)
  return (
    <>
      <p>
        <NodeBadge node={node.node} /> <Link to={`/record/${encodeURIComponent(handle)}`}>{t('chart.open')}</Link>
      </p>
      {node.fresh ? <p>★ {t('chart.fresh')}</p> : null}
      {known && known.state !== 'shown' ? (
        <Notice tone="warning" title={t(`chart.stub.${known.state}`, { node: node.node })}>
          {known.reasons.map((each) => t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each })).join(' ')}
        </Notice>
      ) : null}
      <h3>{t('chart.links', { count: node.links })}</h3>
      <ul className="plain">
        {ways.slice(0, listed).map((way) => (
          <li key={way.link}>
            <Said>{desk.contents.sentences.get(way.link) ?? way.label}</Said>{' '}
            <Button onClick={() => chosen.choose([way.to.id])}>{way.to.label}</Button>
          </li>
        ))}
      </ul>
      {ways.length > listed ? (
        <p>
          <Button onClick={() => list(listed + LISTED)}>{t('shell.more')}</Button>
        </p>
      ) : null}
      <Note handle={handle} desk={desk} />
      {claim ? <RecordFacts claim={claim} {...(known?.state === 'shown' && known.query ? { query: known.query } : {})} /> : null}
    </>
  )
}

function Bundle({ node, desk, chosen }: { node: ShownNode; desk: Desk; chosen: Chosen }) {
  const { t, code } = useTexts()
  return (
    <>
      <Button
        onClick={() => {
          desk.act('ungroup', (before) => ungrouped(before, node.id))
          chosen.choose(node.handles)
        }}
      >
        {t('chart.ungroup')}
      </Button>
      <ul className="plain">
        {node.handles.map((each) => (
          <li key={each}>
            <NodeBadge node={nodeOf(each)} /> <Said>{nameOf(desk.contents, each, { t, code })}</Said>
          </li>
        ))}
      </ul>
    </>
  )
}

function Note({ handle, desk }: { handle: Handle; desk: Desk }) {
  const { t } = useTexts()
  const [words, setWords] = useState(desk.chart.notes.get(handle) ?? '')
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        desk.act('note', (before) => noted(before, handle, words.trim()))
      }}
    >
      <TextField label={t('chart.note')} hint={t('chart.noteHint')} lines={2} value={words} onChange={setWords} maxLength={500} />
      <Button type="submit" disabled={words.trim() === (desk.chart.notes.get(handle) ?? '')}>
        {t('chart.noteKeep')}
      </Button>
    </form>
  )
}

function KeyPlayers({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t } = useTexts()
  const { measures, measured } = desk
  if (!measures) return null
  const most = [...measures.vertices].sort((one, other) => other.betweenness - one.betweenness).slice(0, 8)
  const choose = (place: number) => {
    const handle = measured[place]
    if (handle) chosen.choose([handle])
  }
  return (
    <section className="panel" aria-labelledby="chart-measures">
      <h2 id="chart-measures">{t('chart.measures.title')}</h2>
      <p>
        <small>{t('chart.measures.limits')}</small>
      </p>
      <h3>{t('chart.measures.players')}</h3>
      <ul className="plain">
        {measures.keyPlayers.map(({ place, sentence }) => (
          <li key={place}>
            <Said>{sentence}</Said> <Button onClick={() => choose(place)}>{t('chart.show')}</Button>
          </li>
        ))}
      </ul>
      <h3>{t('chart.measures.between')}</h3>
      <ul className="plain">
        {most.map(({ place, sentence }) => (
          <li key={place}>
            <Said>{sentence}</Said> <Button onClick={() => choose(place)}>{t('chart.show')}</Button>
          </li>
        ))}
      </ul>
      <p>{t('chart.measures.communities', { count: measures.communities.length })}</p>
      <p className="actions">
        {measures.communities.map((places, number) => (
          <Button key={places.join(' ')} onClick={() => chosen.choose(places.flatMap((place) => measured[place] ?? []))}>
            {t('chart.measures.community', { number: number + 1, count: places.length })}
          </Button>
        ))}
      </p>
    </section>
  )
}
