import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useRead } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { silent } from '../../api/picture'
import type { NodeStatus, Picture } from '../../api/picture'
import { remember } from '../../api/recent'
import type { Recent } from '../../api/recent'
import { usePerson } from '../../api/session'
import { partners } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { NodeCards } from '../../parts/NodeCards'
import { NodeTicks } from '../../parts/NodeTicks'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { TellMe } from '../cases/TellMe'
import { AskForMore } from './AskForMore'
import { AskLiaison } from './AskLiaison'
import { detect } from './detect'
import type { Detected } from './detect'
import { Examples } from './Examples'
import { MandateBar } from './MandateBar'
import { Progress } from './Progress'
import { RecentSearches } from './RecentSearches'
import { Results } from './Results'
import { useQuestion } from './useQuestion'
import type { Question } from './useQuestion'

/** One field for all nodes. What is asked stands in the address, so that a colleague can ask the same. */
export default function Search() {
  const { t } = useTexts()
  const { mandate, loading } = useMandate()
  const known = useRead(partners, {})
  const [address, setAddress] = useSearchParams()
  const [text, setText] = useState(address.get('q') ?? '')
  const [said, say] = useState<Detected | null>(address.get('as') as Detected | null)
  const [left, leave] = useState<readonly string[]>([])
  const [country, setCountry] = useState('')
  const [since, setSince] = useState('')
  const [until, setUntil] = useState('')
  const [source, setSource] = useState<'' | 'A' | 'B' | 'C'>('')
  const question = useQuestion()
  const [more, askMore] = useState<{ picture: Picture; node: NodeStatus } | null>(null)
  const as = said ?? detect(text)
  const nodes = known.data?.partners.map(({ id }) => id) ?? []
  const wanted = nodes.filter((each) => !left.includes(each))
  const early = loading || (!known.data && !known.error)
  const before = useRef<{ kind: Detected; chosen: Detected | null } | null>(null)
  useTitle(t('analyst.search.title'))

  const go = (kind: Detected, chosen: Detected | null) => {
    const words = text.trim()
    before.current = early ? { kind, chosen } : null
    if (!words || !mandate || !wanted.length) return
    setAddress({ q: words, ...(chosen ? { as: chosen } : {}) }, { replace: true })
    remember({ words, as: kind })
    question.ask({
      as: kind,
      words,
      mandate: mandate.id,
      nodes: wanted,
      filters: {
        ...(country ? { country: country.toLowerCase() } : {}),
        ...(since ? { since } : {}),
        ...(until ? { until } : {}),
        ...(source ? { source } : {}),
      },
    })
  }
  const fill = (one: Recent) => {
    setText(one.words)
    say(one.as)
  }
  const goNow = useEffectEvent(() => {
    if (before.current) go(before.current.kind, before.current.chosen)
  })
  useEffect(() => {
    if (!early) goNow() // who pressed Enter before mandate and nodes were known has not to press it again
  }, [early])
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
          go(as, said)
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
          <Button kind="primary" type="submit" busy={question.asking} disabled={!early && !(mandate && wanted.length)}>
            {t('analyst.search.go')}
          </Button>
          {question.asking ? <Button onClick={question.stop}>{t('shell.stop')}</Button> : null}
        </div>
        <NodeTicks nodes={nodes} left={left} onLeave={leave} />
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
      <Failure error={question.error} />
      <Progress question={question} />
      <Outcome
        question={question}
        onMore={(picture, node) => askMore({ picture, node })}
        onWiden={() => {
          say('name')
          go('name', 'name')
        }}
      />
      {question.wanted ? null : (
        <>
          <p className="empty">
            {t('analyst.search.first')} <Link to="/tour">{t('shared.menu.tour')}</Link>
          </p>
          <Examples onChoose={fill} />
          <RecentSearches onChoose={fill} />
        </>
      )}
      {more && question.wanted ? <AskForMore {...more} wanted={question.wanted} onClose={() => askMore(null)} /> : null}
    </>
  )
}

interface OutcomeProps {
  readonly question: Question
  readonly onMore: (picture: Picture, node: NodeStatus) => void
  readonly onWiden: () => void
}

/** The nodes' cards, which fill one by one, and the records of those that have answered. */
function Outcome({ question, onMore, onWiden }: OutcomeProps) {
  const { t } = useTexts()
  const { wanted, picture, waiting, left, asking } = question
  const here = usePerson().node
  const [contacting, contact] = useState(false)
  if (!wanted) return null
  const empty = asking ? [] : (picture?.nodes.filter((each) => each.status === 'NO_HIT' && each.node !== here) ?? [])
  const missing = picture ? silent(picture.nodes).map(({ node }) => node).filter((each) => !waiting.includes(each)) : []
  const unheard = [...missing, ...left]
  const once = (node: string) => (
    <Button disabled={asking} onClick={() => question.again(node)}>
      {t('analyst.search.once')}
    </Button>
  )
  const action = (node: NodeStatus) => {
    if (missing.includes(node.node)) return once(node.node)
    const own = question.of(node.node)
    const hidden = node.contact || (node.status === 'ANSWERED' && node.reasons.length > 0)
    if (!own || (!hidden && !isHit(own, node))) return null
    return <Button onClick={() => onMore(own, node)}>{t('analyst.card.request')}</Button>
  }
  return (
    <>
      <NodeCards
        label={t('analyst.search.nodes')}
        nodes={picture?.nodes ?? []}
        waiting={waiting}
        left={left}
        action={action}
        leftAction={once}
      />
      {unheard.length ? (
        <Notice tone="warning">{t('analyst.search.incomplete', { nodes: unheard.join(', ') })}</Notice>
      ) : null}
      {picture ? (
        <>
          <p className="actions">
            {wanted.as === 'identifier' ? <TellMe identifier={wanted.words} nodes={wanted.nodes} /> : null}
            {wanted.as === 'identifier' && !asking && !picture.claims.length ? (
              <Button onClick={onWiden}>{t('analyst.search.widen')}</Button>
            ) : null}
            {empty.length ? <Button onClick={() => contact(true)}>{t('analyst.contact.ask')}</Button> : null}
            <Link className="button" to={`/why/${encodeURIComponent(picture.queryId)}`}>
              {t('cases.why.link')}
            </Link>
          </p>
          {contacting ? <AskLiaison picture={picture} nodes={empty} words={wanted.words} onClose={() => contact(false)} /> : null}
          {picture.claims.length || !asking ? <Results picture={picture} /> : null}
        </>
      ) : null}
    </>
  )
}

/** A node that says there is a hit and shows no record: more can be asked for. */
function isHit(picture: Picture, node: NodeStatus): boolean {
  return node.status === 'ANSWERED' && !picture.claims.some((each) => each.node === node.node)
}
