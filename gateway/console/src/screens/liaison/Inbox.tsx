import { useEffect, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useRead } from '../../api/asked'
import { useFresh } from '../../api/fresh'
import { apiLanguage } from '../../api/vocabulary'
import { grants, inbox, proposals } from '../../generated/documents'
import { CheckField, SelectField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { ItemPanel } from './ItemPanel'
import { KINDS } from './kinds'
import type { Item } from './kinds'
import { ProposalList } from './ProposalList'
import { endsSoon } from './filter'
import './liaison.css'

/** What waits for an officer, the next deadline first; the address says which item is open. */
export default function Inbox() {
  const { t, code, language } = useTexts()
  const [address, setAddress] = useSearchParams()
  const kind = KINDS.find((each) => each === address.get('kind'))
  const every = address.has('every')
  const waiting = useRead(inbox, { ...(every ? {} : { state: 'OPEN' as const }), ...(kind ? { kind } : {}) })
  const drafts = useRead(proposals, { language: apiLanguage(language) })
  useFresh(waiting.look)
  const shared = useRead(grants, { first: 200, language: apiLanguage(language) })
  useEffect(() => {
    document.title = `${t('liaison.inbox.title')} · Entente`
  }, [t])
  const items = waiting.data?.inbox ?? []
  const found = items.find(({ id }) => id === address.get('item'))
  // An item that was decided leaves the list; what became of it stays in sight.
  const [last, keep] = useState(found)
  if (found && found !== last) keep(found)
  const open = found ?? (last?.id === address.get('item') ? last : undefined)
  const soon = shared.data?.grants.filter((each) => endsSoon(each, new Date())).length ?? 0
  const proposed = drafts.data?.proposals.filter(({ state }) => state === 'PROPOSED').length ?? 0
  const with_ = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(address)
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) next.delete(name)
      else next.set(name, value)
    }
    return next
  }
  return (
    <>
      <h1>{t('liaison.inbox.title')}</h1>
      <Failure error={waiting.error ?? drafts.error ?? shared.error} />
      <p className="actions">
        {proposed ? (
          <a className="button" href="#proposals">
            {t('liaison.inbox.proposals', { count: proposed })}
          </a>
        ) : null}
        <Link className="button" to="/grants?soon=14">
          {t('liaison.inbox.soon', { count: soon })}
        </Link>
      </p>
      <div className="form row">
        <SelectField
          label={t('liaison.inbox.kind')}
          value={kind ?? ''}
          options={[{ value: '' as const, label: t('shell.all') }, ...KINDS.map((each) => ({ value: each, label: code('itemKind', each) }))]}
          onChange={(chosen) => setAddress(with_({ kind: chosen || null, item: null }), { replace: true })}
        />
        <CheckField
          label={t('liaison.inbox.every')}
          checked={every}
          onChange={(on) => setAddress(with_({ every: on ? '1' : null }), { replace: true })}
        />
      </div>
      {waiting.asking && !waiting.data ? <Loading /> : null}
      {waiting.data ? (
        <div className="desk">
          <section aria-labelledby="waiting">
            <h2 id="waiting">{t('liaison.inbox.list')}</h2>
            {items.length ? (
              <ul className="inbox">
                {items.map((each) => (
                  <li key={each.id}>
                    <Link
                      to={{ search: with_({ item: each.id }).toString() }}
                      aria-current={each.id === open?.id ? 'true' : undefined}
                      className={`item ${each.clock?.toLowerCase() ?? 'ended'}`}
                    >
                      <Row item={each} />
                    </Link>
                  </li>
                ))}
              </ul>
            ) : (
              <p className="empty">{t('liaison.inbox.none')}</p>
            )}
          </section>
          {open ? (
            <ItemPanel key={open.id} item={open} again={waiting.again} />
          ) : (
            <p className="empty">{t('liaison.inbox.choose')}</p>
          )}
        </div>
      ) : null}
      <section id="proposals" aria-labelledby="proposals-title">
        <h2 id="proposals-title">{t('liaison.proposal.title')}</h2>
        {drafts.data ? <ProposalList proposals={drafts.data.proposals} again={drafts.again} /> : null}
      </section>
    </>
  )
}

/** An item in three lines: what, who and why, until when. */
function Row({ item }: { item: Item }) {
  const { t, code } = useTexts()
  return (
    <>
      <span>
        <NodeBadge node={item.node} /> <strong>{code('itemKind', item.kind)}</strong>
      </span>
      {item.purpose ? <span>{code('purpose', item.purpose)}</span> : null}
      <small>
        {item.state === 'OPEN' ? (
          <>
            {t('liaison.inbox.due')} <Time at={item.dueAt} />
            {item.clock ? <strong> · {code('clock', item.clock)}</strong> : null}
          </>
        ) : (
          code('itemState', item.state)
        )}
      </small>
    </>
  )
}
