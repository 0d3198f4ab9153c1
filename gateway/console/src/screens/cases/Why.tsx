import { useEffect } from 'react'
import { useParams } from 'react-router'
import type { ResultOf } from 'gql.tada'
import { useRead, useStep } from '../../api/asked'
import { explainQuestion, receipts } from '../../generated/documents'
import type { explainQuestion as explanationText, receipts as receiptsText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { saveFile } from '../../parts/save'
import { useReason } from './words'
import './cases.css'

/** Under which code the log notes that somebody looked at an own question. */
const LOOKED = 'OWN_QUESTION'

/** The proofs of one own question, and on request why it was answered so. */
export default function Why() {
  const { t } = useTexts()
  const query = useParams()['query'] ?? ''
  const known = useRead(receipts, { queryId: query })
  const [asked, askPartners] = useStep(receipts)
  const [explained, explain] = useStep(explainQuestion)
  const found = (asked.data ?? known.data)?.receipts.receipts
  useEffect(() => {
    document.title = `${t('cases.why.title')} · Entente`
  }, [t])
  return (
    <>
      <div className="page-head">
        <h1>{t('cases.why.title')}</h1>
        <code>{query}</code>
      </div>
      <p className="actions">
        <Button kind="primary" busy={explained.asking} onClick={() => void explain({ queryId: query, justification: LOOKED })}>
          {t('cases.why.ask')}
        </Button>
        <small>
          {t('cases.why.text')} <code>{LOOKED}</code>
        </small>
      </p>
      <Failure error={explained.error} />
      {explained.data?.explainQuestion.asked ? <Decision asked={explained.data.explainQuestion.asked} /> : null}
      <Failure error={known.error ?? asked.error} />
      {known.asking && !found ? <Loading /> : null}
      {found ? <Receipts query={query} found={found} /> : null}
      <p className="actions">
        <Button busy={asked.asking} onClick={() => void askPartners({ queryId: query, askPartners: true })}>
          {t('cases.why.partners')}
        </Button>
      </p>
    </>
  )
}

type Asked = NonNullable<ResultOf<typeof explanationText>['explainQuestion']['asked']>
type Answer = Asked['nodes'][number]

function Decision({ asked }: { asked: Asked }) {
  const { t, code } = useTexts()
  const reason = useReason()
  return (
    <section className="stack" aria-labelledby="decision">
      <h2 id="decision">{t('cases.why.own')}</h2>
      <Notice tone={asked.allowed ? 'success' : 'warning'}>
        {t(asked.allowed ? 'cases.why.allowed' : 'cases.why.refused')}{' '}
        {[asked.purpose ? code('purpose', asked.purpose) : '', asked.legalBasis ? code('basis', asked.legalBasis) : ''].filter(Boolean).join(', ')}
        {asked.reasons.length ? (
          <ul>
            {asked.reasons.map((each) => (
              <li key={`${each.code} ${each.rule}`}>
                {reason(each.code)} <small>{each.rule}</small>
              </li>
            ))}
          </ul>
        ) : null}
      </Notice>
      <ul className="cards">
        {asked.nodes.map((each) => (
          <AnswerCard key={each.node} answer={each} />
        ))}
      </ul>
    </section>
  )
}

function AnswerCard({ answer }: { answer: Answer }) {
  const { t, code } = useTexts()
  const reason = useReason()
  const names = answer.masked.map(({ name }) => (name === '*' ? t('cases.why.others') : code('property', name)))
  return (
    <li className={`card status ${answer.status.toLowerCase()}`} data-node={answer.node}>
      <h3>
        <NodeBadge node={answer.node} /> {t('cases.why.node', { node: answer.node })}
      </h3>
      <p>
        <strong>{code('status', answer.status)}</strong> {code('statusMeans', answer.status)}
      </p>
      {answer.reasons.map((each) => (
        <p key={each}>
          {reason(each)} <small>{each}</small>
        </p>
      ))}
      {names.length ? <p>{t('cases.why.masked', { names: names.join(', ') })}</p> : null}
      <dl className="facts">
        {answer.results === null ? null : (
          <>
            <dt>{t('cases.why.records')}</dt>
            <dd>{answer.results}</dd>
          </>
        )}
        {answer.grants.length ? (
          <>
            <dt>{t('cases.why.grants')}</dt>
            <dd>
              <Said>{answer.grants.join(', ')}</Said>
            </dd>
          </>
        ) : null}
        {answer.revision ? (
          <>
            <dt>{t('cases.why.revision')}</dt>
            <dd>
              <Said>{answer.revision}</Said>
            </dd>
          </>
        ) : null}
        {answer.renewsAt ? (
          <>
            <dt>{t('analyst.card.renews')}</dt>
            <dd>
              <Time at={answer.renewsAt} />
            </dd>
          </>
        ) : null}
      </dl>
    </li>
  )
}

type Proof = ResultOf<typeof receiptsText>['receipts']['receipts'][number]

function Receipts({ query, found }: { query: string; found: readonly Proof[] }) {
  const { t, code } = useTexts()
  return (
    <Table
      caption={t('cases.why.receipts')}
      rows={found}
      id={({ node, index, size, witnesses }) => `${node} ${index} ${size} ${witnesses.length}`}
      columns={[
        { key: 'node', title: t('analyst.column.node'), text: ({ node }) => node, show: ({ node }) => <NodeBadge node={node} /> },
        { key: 'what', title: t('cases.why.what'), text: ({ kind }) => kind, show: ({ kind }) => code('entry', kind) },
        { key: 'entry', title: t('cases.why.entry'), text: ({ index }) => index, show: ({ index }) => index, numeric: true },
        {
          key: 'witnesses',
          title: t('cases.why.witnessed'),
          show: ({ witnesses }) => (witnesses.length ? <Said>{witnesses.join(', ')}</Said> : t('cases.why.signed')),
        },
        {
          key: 'save',
          title: t('cases.why.save'),
          show: ({ node, index, text }) => (
            <Button label={`${t('cases.why.save')}: ${node} ${index}`} onClick={() => saveFile(`${query}-${node}-${index}.tlog-proof`, 'text/plain', text)}>
              {t('cases.why.save')}
            </Button>
          ),
        },
      ]}
    />
  )
}
