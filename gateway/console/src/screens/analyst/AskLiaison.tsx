import { useState } from 'react'
import { useRead } from '../../api/asked'
import { useDraft } from '../../api/draft'
import { useMandate } from '../../api/mandate'
import type { NodeStatus, Picture } from '../../api/picture'
import { partners } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { TextField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { moment } from '../../parts/Time'
import { visibleText } from '../../parts/visible'
import { useTexts } from '../../shell/texts'

interface Props {
  readonly picture: Pick<Picture, 'queryId'>
  /** Those that have nothing to show. */
  readonly nodes: readonly NodeStatus[]
  readonly words: string
  readonly onClose: () => void
}

/** After a no-hit: whom to speak with at each node, and a text to begin with. Nothing is sent from here. */
export function AskLiaison({ picture, nodes, words, onClose }: Props) {
  const { t } = useTexts()
  const { data, error } = useRead(partners, {})
  return (
    <Dialog open wide title={t('analyst.contact.title')} onClose={onClose}>
      <p>{t('analyst.contact.text')}</p>
      <Failure error={error} />
      {data ? null : <Loading />}
      {nodes.map((node) => {
        const partner = data?.partners.find(({ id }) => id === node.node)
        return partner ? (
          <Letter key={node.node} query={picture.queryId} node={node} words={words} name={partner.name} spoc={partner.spoc} />
        ) : null
      })}
    </Dialog>
  )
}

interface LetterProps {
  readonly query: string
  readonly node: NodeStatus
  readonly words: string
  readonly name: string
  readonly spoc: string
}

function Letter({ query, node, words, name, spoc }: LetterProps) {
  const { t, code, language } = useTexts()
  const { mandate } = useMandate()
  const [copied, setCopied] = useState(false)
  const begin = t('analyst.contact.draft', {
    case: mandate?.case ?? '',
    purpose: mandate ? code('purpose', mandate.purpose) : '',
    at: moment(node.repliedAt ?? node.askedAt, language),
    node: node.node,
    words: visibleText(words),
    query,
  })
  const [text, write] = useDraft(`contact ${query} ${node.node}`, 'text', begin)
  return (
    <section className="form" aria-label={node.node}>
      <h3>
        <NodeBadge node={node.node} /> <Said>{name}</Said>
      </h3>
      <p>
        {t('analyst.contact.spoc')}{t('shell.colon')} <Said>{spoc}</Said>
      </p>
      <TextField label={t('analyst.contact.for', { node: node.node })} value={text} onChange={write} lines={5} />
      <p className="actions">
        <Button
          onClick={() => {
            void navigator.clipboard.writeText(text).then(() => setCopied(true))
          }}
        >
          {t('shell.copy')}
        </Button>
        <span role="status">{copied ? t('shell.copied') : ''}</span>
      </p>
    </section>
  )
}
