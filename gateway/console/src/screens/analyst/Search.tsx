import { useEffect, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useStep } from '../../api/asked'
import { useRead } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { silent } from '../../api/picture'
import type { NodeStatus, Picture } from '../../api/picture'
import { lookup, partners, search } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { CheckField, SelectField, TextField } from '../../parts/Field'
import { NodeCards } from '../../parts/NodeCards'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { TellMe } from '../cases/TellMe'
import { AskForMore } from './AskForMore'
import { detect } from './detect'
import type { Detected } from './detect'
import { MandateBar } from './MandateBar'
import { Results } from './Results'

const FIRST = 50

/** One field for all nodes. What is asked stands in the address, so that a colleague can ask the same. */
export default function Search() {
  const { t } = useTexts()
  const { mandate } = useMandate()
  const known = useRead(partners, {})
  const [address, setAddress] = useSearchParams()
  const [text, setText] = useState(address.get('q') ?? '')
  const [said, say] = useState<Detected | null>(address.get('as') as Detected | null)
  const [left, leave] = useState<readonly string[]>([])
  const [country, setCountry] = useState('')
  const [since, setSince] = useState('')
  const [until, setUntil] = useState('')
  const [source, setSource] = useState<'' | 'A' | 'B' | 'C'>('')
  const [found, look, stopLooking] = useStep(lookup)
  const [ranked, seek, stopSeeking] = useStep(search)
  const [asked, setAsked] = useState<'lookup' | 'search' | null>(null)
  const [more, askMore] = useState<{ picture: Picture; node: NodeStatus } | null>(null)
  const as = said ?? detect(text)
  const nodes = known.data?.partners.map(({ id }) => id) ?? []
  const wanted = nodes.filter((each) => !left.includes(each))

  useEffect(() => {
    document.title = `${t('analyst.search.title')} · Entente`
  }, [t])

  const go = async () => {
    const words = text.trim()
    if (!words || !mandate) return
    setAddress({ q: words, ...(said ? { as: said } : {}) }, { replace: true })
    const to = left.length ? { nodes: wanted } : {}
    setAsked(as === 'identifier' ? 'lookup' : 'search')
    if (as === 'identifier') await look({ identifier: words, mandate: mandate.id, first: FIRST, ...to })
    else
      await seek({
        text: words,
        mandate: mandate.id,
        first: FIRST,
        ...to,
        ...(country ? { country: country.toLowerCase() } : {}),
        ...(since ? { since } : {}),
        ...(until ? { until } : {}),
        ...(source ? { source } : {}),
      })
  }
  const state = asked === 'search' ? ranked : found
  const picture: Picture | undefined = asked === 'search' ? ranked.data?.search : asked ? found.data?.lookup : undefined
  const missing = picture ? silent(picture.nodes) : []
  return (
    <>
      <div className="page-head">
        <h1>{t('analyst.search.title')}</h1>
      </div>
      <MandateBar />
      <form
        className="panel"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          void go()
        }}
      >
        <div className="form row">
          <TextField label={t('analyst.search.what')} type="search" value={text} onChange={setText} required maxLength={400} />
          <SelectField
            label={t('analyst.search.as')}
            value={as}
            options={[
              { value: 'identifier', label: t('analyst.search.identifier') },
              { value: 'name', label: t('analyst.search.name') },
            ]}
            onChange={say}
          />
          <Button kind="primary" type="submit" busy={state.asking} disabled={!mandate}>
            {t('analyst.search.go')}
          </Button>
          {state.asking ? (
            <Button
              onClick={() => {
                stopLooking()
                stopSeeking()
              }}
            >
              {t('shell.stop')}
            </Button>
          ) : null}
        </div>
        <fieldset className="ticks">
          <legend>{t('analyst.search.nodes')}</legend>
          {nodes.map((each) => (
            <CheckField
              key={each}
              label={each}
              checked={!left.includes(each)}
              disabled={wanted.length === 1 && wanted[0] === each}
              onChange={(on) => leave(on ? left.filter((one) => one !== each) : [...left, each])}
            />
          ))}
        </fieldset>
        {as === 'name' ? (
          <details>
            <summary>{t('analyst.search.filters')}</summary>
            <div className="form row">
              <TextField label={t('analyst.search.country')} value={country} onChange={setCountry} maxLength={2} />
              <TextField label={t('analyst.search.since')} type="date" value={since} onChange={setSince} />
              <TextField label={t('analyst.search.until')} type="date" value={until} onChange={setUntil} />
              <SelectField
                label={t('analyst.search.source')}
                value={source}
                options={[{ value: '', label: t('analyst.search.any') }, ...(['A', 'B', 'C'] as const).map((each) => ({ value: each, label: each }))]}
                onChange={setSource}
              />
            </div>
          </details>
        ) : null}
      </form>
      <Failure error={state.error} />
      <p role="status" className="loading">
        {state.asking ? t('analyst.search.asking', { nodes: wanted.join(', ') }) : ''}
      </p>
      {picture && !state.asking ? (
        <>
          <NodeCards
            label={t('analyst.search.nodes')}
            nodes={picture.nodes}
            action={(node) =>
              node.contact || (node.status === 'ANSWERED' && node.reasons.length > 0) || isHit(picture, node) ? (
                <Button onClick={() => askMore({ picture, node })}>{t('analyst.card.request')}</Button>
              ) : null
            }
          />
          {missing.length ? (
            <Notice tone="warning">
              {t('analyst.search.incomplete', { nodes: missing.map(({ node }) => node).join(', ') })}
            </Notice>
          ) : null}
          <p className="actions">
            {asked === 'lookup' ? <TellMe identifier={address.get('q') ?? ''} nodes={wanted} /> : null}
            <Link className="button" to={`/why/${encodeURIComponent(picture.queryId)}`}>
              {t('cases.why.link')}
            </Link>
          </p>
          <Results picture={picture} />
        </>
      ) : null}
      {asked || state.asking ? null : <p className="empty">{t('analyst.search.first')}</p>}
      {more ? <AskForMore {...more} onClose={() => askMore(null)} /> : null}
    </>
  )
}

/** A node that says there is a hit and shows no record: more can be asked for. */
function isHit(picture: Picture, node: NodeStatus): boolean {
  return node.status === 'ANSWERED' && !picture.claims.some((each) => each.node === node.node)
}
