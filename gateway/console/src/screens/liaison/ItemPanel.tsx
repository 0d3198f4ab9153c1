import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { sayMoments } from '../../parts/zoned'
import { useTexts } from '../../shell/texts'
import { Approvals } from './Approvals'
import { ConsentDecision } from './ConsentDecision'
import { EmergencyReview } from './EmergencyReview'
import { FollowUpDecision } from './FollowUpDecision'
import type { Item } from './kinds'
import { PartnerNotice } from './PartnerNotice'
import { ProposedRecall } from './ProposedRecall'
import { Risks } from './Risks'
import { risksOf } from './risk'

/** One item whole: who, why, on which basis, what exactly, and what can be decided. */
export function ItemPanel({ item, again }: { item: Item; again: () => void }) {
  const { t, code } = useTexts()
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  const open = item.state === 'OPEN'
  return (
    <section className="panel" aria-labelledby="item">
      <h2 id="item" ref={title} tabIndex={-1}>
        {code('itemKind', item.kind)} <NodeBadge node={item.node} />
      </h2>
      {open && item.kind !== 'FOLLOW_UP' ? <Risks risks={risksOf(item)} /> : null}
      <Facts item={item} />
      {open && item.kind === 'FOLLOW_UP' ? null : <Approvals item={item} />}
      {open ? <Decision item={item} again={again} /> : <p>{t('liaison.item.decided')}</p>}
    </section>
  )
}

function Decision({ item, again }: { item: Item; again: () => void }) {
  switch (item.kind) {
    case 'FOLLOW_UP':
      return <FollowUpDecision item={item} again={again} />
    case 'CONSENT':
      return <ConsentDecision item={item} again={again} />
    case 'BREAK_GLASS':
      return <EmergencyReview item={item} again={again} />
    case 'RECALL_PROPOSED':
      return <ProposedRecall item={item} again={again} />
    default:
      return <PartnerNotice item={item} again={again} />
  }
}

function Facts({ item }: { item: Item }) {
  const { t, code } = useTexts()
  const asks = ['FOLLOW_UP', 'CONSENT', 'BREAK_GLASS'].includes(item.kind)
  const rows: readonly (readonly [string, ReactNode])[] = [
    [asks ? t('liaison.item.who') : t('liaison.item.about'), item.node],
    [t('liaison.item.purpose'), item.purpose && code('purpose', item.purpose)],
    [t('liaison.item.basis'), item.legalBasis && code('basis', item.legalBasis)],
    [t('liaison.item.case'), item.case && <Said>{item.case}</Said>],
    [t('liaison.item.offence'), item.offence && <Said>{code('offence', item.offence)}</Said>],
    [t('liaison.item.category'), item.subjectCategory && code('category', item.subjectCategory)],
    [t('liaison.item.wanted'), item.kind === 'FOLLOW_UP' && code('tier', item.tier.toLowerCase())],
    [t('liaison.item.given'), item.tierGiven && code('tier', item.tierGiven.toLowerCase())],
    [t('liaison.item.reason'), asks && item.reason && code('reason', item.reason)],
    [t('liaison.item.urgency'), item.kind === 'FOLLOW_UP' && code('urgency', item.urgency)],
    [t('liaison.item.question'), item.kind === 'FOLLOW_UP' && item.state === 'OPEN' && <Question item={item} />],
    [t('liaison.item.reference'), item.reference && <Said>{item.reference}</Said>],
    [t('liaison.item.exchange'), item.queryId && <Said>{item.queryId}</Said>],
    [t('liaison.item.received'), <Time key="received" at={item.receivedAt} />],
    [t('liaison.item.due'), <Due key="due" item={item} />],
    [t('liaison.item.decision'), item.state !== 'OPEN' && <Ended item={item} />],
    [t('liaison.item.grant'), item.grant && <Link to={`/grants/${encodeURIComponent(item.grant.split('@')[0] ?? '')}`}>{item.grant}</Link>],
  ]
  return (
    <dl className="facts">
      {rows.map(([name, value]) =>
        value ? (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}

function Question({ item }: { item: Item }) {
  const { t, code } = useTexts()
  if (!item.question.length) return t('liaison.item.noQuestion')
  return item.question.map(({ name, value }) => (
    <div key={name}>
      <small>{code('asked', name)}</small> <Said>{name === 'kind' ? code('identifierKind', value) : value}</Said>
    </div>
  ))
}

/** The deadline in the node's own zone, as its officers reckon it, and how far the clock is. */
function Due({ item }: { item: Item }) {
  const { code, language } = useTexts()
  return (
    <>
      <Said>{sayMoments(item.dueAtLocal, language)}</Said> {item.clock ? <strong>{code('clock', item.clock)}</strong> : null}
    </>
  )
}

function Ended({ item }: { item: Item }) {
  const { t, code } = useTexts()
  const reason = item.decisionReason ?? ''
  const why =
    item.state === 'ACKNOWLEDGED'
      ? code('acknowledgement', reason)
      : t(`reason.${reason}` as 'reason.NO_GRANT', { defaultValue: reason })
  return (
    <>
      {code('itemState', item.state)}
      {item.decisionReason ? `: ${why}` : ''}{' '}
      <Time at={item.decidedAt} /> <Said>{item.decidedBy}</Said>
    </>
  )
}
