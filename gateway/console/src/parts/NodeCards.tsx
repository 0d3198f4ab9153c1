import type { ReactNode } from 'react'
import type { NodeStatus } from '../api/picture'
import { useTexts } from '../shell/texts'
import { NodeBadge } from './Marks'
import { Said } from './Said'
import { Time } from './Time'

/** One sign for each outcome, drawn in letters: no outcome is told by colour alone. */
const SIGNS: Record<string, string> = {
  ANSWERED: '✓',
  NO_HIT: '○',
  REFUSED: '✕',
  OVER_QUOTA: '!',
  TIMED_OUT: '?',
  UNREACHABLE: '?',
  INVALID_ANSWER: '?',
}

/** How a node answered: one question, or the worst of several. */
export type Answer = Pick<NodeStatus, 'node' | 'status' | 'reasons'> & Partial<NodeStatus> & { readonly questions?: number }

interface Props<Node extends Answer> {
  readonly label: string
  readonly nodes: readonly Node[]
  /** What can be done about a node's answer. */
  readonly action?: (node: Node) => ReactNode
  /** Nodes whose answer is waited for. */
  readonly waiting?: readonly string[]
  /** Nodes that were asked and are not waited for any more. */
  readonly left?: readonly string[]
  /** What can be done about a node that is not waited for. */
  readonly leftAction?: (node: string) => ReactNode
}

/** How each node answered: answered, no hit, refused, silence and waiting never look alike. Each has its place. */
export function NodeCards<Node extends Answer>({ label, nodes, action, waiting = [], left = [], leftAction }: Props<Node>) {
  const cards = [
    ...nodes
      .filter(({ node }) => !waiting.includes(node))
      .map((each) => ({ node: each.node, card: <NodeCard key={each.node} node={each} action={action?.(each)} /> })),
    ...waiting.map((node) => ({ node, card: <OpenCard key={node} node={node} state="WAITING" action={null} /> })),
    ...left.map((node) => ({ node, card: <OpenCard key={node} node={node} state="LEFT" action={leftAction?.(node)} /> })),
  ]
  return (
    <ul className="cards" aria-label={label}>
      {cards.sort((one, other) => (one.node < other.node ? -1 : 1)).map(({ card }) => card)}
    </ul>
  )
}

/** A node that has not answered, or not to us. */
function OpenCard({ node, state, action }: { node: string; state: 'WAITING' | 'LEFT'; action: ReactNode }) {
  const { code } = useTexts()
  return (
    <li className={`card status ${state.toLowerCase()}`} data-status={state} data-node={node}>
      <div className="page-head">
        <NodeBadge node={node} />
        <strong>{node}</strong>
        <span className="status-word">
          <span aria-hidden="true">{state === 'WAITING' ? '…' : '■'} </span>
          {code('status', state)}
        </span>
      </div>
      {state === 'WAITING' ? <span className="skeleton" aria-hidden="true" /> : <p>{code('statusMeans', state)}</p>}
      {action}
    </li>
  )
}

function NodeCard({ node, action }: { node: Answer; action: ReactNode }) {
  const { t, code } = useTexts()
  return (
    <li className={`card status ${node.status.toLowerCase()}`} data-status={node.status} data-node={node.node}>
      <div className="page-head">
        <NodeBadge node={node.node} />
        <strong>{node.node}</strong>
        <span className="status-word">
          <span aria-hidden="true">{SIGNS[node.status] ?? '?'} </span>
          {code('status', node.status)}
        </span>
      </div>
      {node.status === 'ANSWERED' && !node.contact && node.count !== undefined ? <p>{t('analyst.card.records', { count: node.count })}</p> : null}
      {node.status === 'ANSWERED' ? null : <p>{code('statusMeans', node.status)}</p>}
      {node.reasons.length ? (
        <ul>
          {node.reasons.map((each) => (
            <li key={each}>
              {t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each })} <small>{each}</small>
            </li>
          ))}
        </ul>
      ) : null}
      {node.contact ? (
        <dl className="facts">
          <dt>{t('analyst.card.records', { count: node.contact.count })}</dt>
          <dd>{node.contact.categories.map((each) => code('category', each)).join(', ')}</dd>
          <dt>{t('analyst.card.contact')}</dt>
          <dd>
            <Said>{node.contact.spoc}</Said>
          </dd>
          <dt>{t('analyst.card.reference')}</dt>
          <dd>
            <Said>{node.contact.reference}</Said>
          </dd>
        </dl>
      ) : null}
      {node.more ? <p>{t('analyst.card.more')}</p> : null}
      {node.renewsAt ? (
        <p>
          {t('analyst.card.renews')} <Time at={node.renewsAt} />
        </p>
      ) : null}
      {node.askedAt ? (
        <small>
          {t('analyst.card.asked')} <Time at={node.askedAt} />
        </small>
      ) : null}
      {node.questions === undefined ? null : <small>{t('analyst.card.questions', { count: node.questions })}</small>}
      {action}
    </li>
  )
}
