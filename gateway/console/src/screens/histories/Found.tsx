import type { ReactNode } from 'react'
import { silent } from '../../api/picture'
import type { Claim } from '../../api/picture'
import { Button } from '../../parts/Button'
import { Marks, NodeBadge } from '../../parts/Marks'
import { NodeCards } from '../../parts/NodeCards'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { Progress } from '../analyst/Progress'
import type { Question } from '../analyst/useQuestion'
import { ToRecord } from './lines'

interface Props {
  readonly question: Question
  /** What the last column is headed, and what can be done with a record in it. */
  readonly next: string
  readonly step: (claim: Claim) => ReactNode
}

/** What was found by a name or a number, node by node as it answers, each record with a step that leads on. */
export function Found({ question, next, step }: Props) {
  const { t, code } = useTexts()
  const { wanted, picture, waiting, left, asking } = question
  if (!wanted) return null
  const unheard = [...silent(picture?.nodes ?? []).map(({ node }) => node).filter((each) => !waiting.includes(each)), ...left]
  const again = (node: string) => (
    <Button disabled={asking} onClick={() => question.again(node)}>
      {t('analyst.search.once')}
    </Button>
  )
  return (
    <>
      <Failure error={question.error} />
      <Progress question={question} />
      <NodeCards
        label={t('analyst.search.nodes')}
        nodes={picture?.nodes ?? []}
        waiting={waiting}
        left={left}
        action={({ node }) => (unheard.includes(node) ? again(node) : null)}
        leftAction={again}
      />
      {unheard.length ? <Notice tone="warning">{t('analyst.search.incomplete', { nodes: unheard.join(', ') })}</Notice> : null}
      {picture && (picture.claims.length || !asking) ? (
        <Table
          caption={t('analyst.search.results')}
          rows={picture.claims}
          id={({ handle }) => handle}
          empty={t('analyst.search.nothing')}
          findable={picture.claims.length > 10}
          columns={[
            { key: 'what', title: t('analyst.column.what'), text: ({ record }) => code('schema', record.schema), show: ({ record }) => code('schema', record.schema) },
            { key: 'name', title: t('analyst.column.name'), text: ({ record }) => record.caption ?? '', show: ({ record }) => <Said>{record.caption}</Said> },
            { key: 'node', title: t('analyst.column.node'), text: ({ node }) => node, show: ({ node }) => <NodeBadge node={node} /> },
            { key: 'marks', title: t('analyst.column.marks'), show: ({ record }) => <Marks {...record} /> },
            { key: 'record', title: t('histories.record'), show: ({ handle }) => <ToRecord handle={handle} /> },
            { key: 'next', title: next, show: step },
          ]}
        />
      ) : null}
    </>
  )
}
