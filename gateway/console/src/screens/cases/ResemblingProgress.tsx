import { NodeBadge } from '../../parts/Marks'
import { useTexts } from '../../shell/texts'

interface Answered {
  readonly node: string
  readonly status: string
  readonly questions: number
}

interface Props {
  readonly found: { readonly questions: number; readonly nodes: readonly Answered[] }
  /** All that are asked; whoever has not been heard yet has its card too. */
  readonly nodes: readonly string[]
  /** The record's own node: it is asked for the record as well. */
  readonly owner: string
  readonly asking: boolean
}

/** How far each node is with the questions, and how it answered so far; a no-hit and silence never look alike. */
export function Progress({ found, nodes, owner, asking }: Props) {
  const { t, code } = useTexts()
  const all = [...new Set([...nodes, ...found.nodes.map(({ node }) => node)])].sort()
  return (
    <section className="panel" aria-labelledby="answered">
      <h2 id="answered">{t('cases.resembling.answered')}</h2>
      <ul className="cards">
        {all.map((node) => {
          const said = found.nodes.filter((each) => each.node === node)
          const done = said.reduce((sum, { questions }) => sum + questions, 0)
          const of = found.questions + (node === owner ? 1 : 0)
          const open = done < of
          const state = open ? (asking ? 'WAITING' : 'LEFT') : 'DONE'
          return (
            <li key={node} className={`card status ${(open ? state : gravest(said)).toLowerCase()}`} data-node={node} data-status={state}>
              <div className="page-head">
                <NodeBadge node={node} />
                <strong>{node}</strong>
                {open ? <span className="status-word">{code('status', state)}</span> : null}
              </div>
              <p>
                <progress value={done} max={of} aria-label={node} /> {t('cases.resembling.done', { done, of })}
              </p>
              <ul className="plain">
                {said.map(({ status, questions }) => (
                  <li key={status}>
                    {code('status', status)}
                    {t('shell.colon')} {questions}
                    {PLAIN.includes(status) ? '' : ` (${code('statusMeans', status)})`}
                  </li>
                ))}
              </ul>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const PLAIN: readonly string[] = ['NO_HIT', 'ANSWERED']

/** What a node's card looks like when it is done: one silence or refusal among its answers is not hidden by them. */
function gravest(said: readonly Answered[]): string {
  const statuses = said.map(({ status }) => status)
  return statuses.find((each) => !PLAIN.includes(each)) ?? statuses.sort((one, other) => PLAIN.indexOf(other) - PLAIN.indexOf(one))[0] ?? ''
}
