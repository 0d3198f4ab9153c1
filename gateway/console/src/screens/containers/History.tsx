import { useId } from 'react'
import { Link } from 'react-router'
import type { ResultOf } from 'gql.tada'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { containerHistory } from '../../generated/documents'
import type { containerHistory as containerHistoryText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

type Told = ResultOf<typeof containerHistoryText>['containerHistory']
type Movement = Told['movements'][number]
type Finding = Told['findings'][number]

/** Where a container was seen over all nodes, and which records contradict each other; asked by one step. */
export function History({ code }: { code: string }) {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const id = useId()
  const [found, look] = useStep(containerHistory)
  const told = found.data?.containerHistory
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>{t('containers.title', { code })}</h2>
      {told ? null : (
        <p className="actions">
          <Button
            busy={found.asking}
            disabled={!mandate}
            onClick={() => {
              if (mandate) void look({ code, mandate: mandate.id, language, maxSpeed: 120 })
            }}
          >
            {t('containers.look', { code })}
          </Button>
          <small>{t('containers.asks')}</small>
        </p>
      )}
      <Failure error={found.error} />
      {told ? (
        <>
          <Answers told={told} />
          <h3>{t('containers.findings')}</h3>
          {told.findings.length ? (
            <ul>
              {told.findings.map((each) => (
                <Contradiction key={[each.rule, ...each.left.handles, ...each.right.handles].join(' ')} finding={each} />
              ))}
            </ul>
          ) : (
            <p className="empty">{t('containers.none')}</p>
          )}
          <Movements rows={told.movements} />
          <Left handles={told.notSeenMoving} why={t('containers.notSeenMoving')} />
          <Left handles={told.notCompared} why={t('containers.notCompared')} />
          <Notice>{told.cannotSay}</Notice>
        </>
      ) : null}
    </section>
  )
}

/** How complete the history is: each node's answer in words, and what more it may give. */
function Answers({ told }: { told: Told }) {
  const { t, code } = useTexts()
  return (
    <>
      <p role="status">{told.completeness}</p>
      <ul aria-label={t('containers.nodes')}>
        {told.nodes.map(({ node, status, reasons, contact }) => (
          <li key={node} data-node={node} data-status={status}>
            <NodeBadge node={node} /> {code('status', status)}
            {reasons.map((each) => (
              <span key={each}>
                {' '}
                {t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each })} <small>{each}</small>
              </span>
            ))}
            {contact ? <> · {t('containers.more', { count: contact.count })}</> : null}
          </li>
        ))}
      </ul>
    </>
  )
}

function Contradiction({ finding }: { finding: Finding }) {
  const { t } = useTexts()
  return (
    <li data-rule={finding.rule}>
      <strong>
        <Said>{finding.sentence}</Said>
      </strong>
      <p>
        {[...finding.left.handles, ...finding.right.handles, ...finding.explainedBy].map((handle) => (
          <span key={handle}>
            <ToRecord handle={handle} />{' '}
          </span>
        ))}
      </p>
      <dl className="facts">
        <dt>{t('containers.assumes')}</dt>
        <dd>{finding.assumes}</dd>
        <dt>{t('containers.cannotSay')}</dt>
        <dd>{finding.cannotSay}</dd>
      </dl>
    </li>
  )
}

function Movements({ rows }: { rows: readonly Movement[] }) {
  const { t } = useTexts()
  return (
    <Table
      caption={t('containers.movements')}
      rows={rows}
      id={({ handle }) => handle}
      empty={t('containers.unmoved')}
      columns={[
        { key: 'when', title: t('containers.when'), text: (each) => each.begin?.earliest ?? '', show: (each) => <When movement={each} /> },
        {
          key: 'where',
          title: t('containers.where'),
          text: (each) => each.place ?? '',
          show: ({ unlocode, place }) => (
            <>
              {unlocode} <Said>{place}</Said>
            </>
          ),
        },
        {
          key: 'what',
          title: t('containers.what'),
          show: ({ movement }) => <Said>{t(`containers.kind.${movement}` as 'containers.kind.MOVED', { defaultValue: movement })}</Said>,
        },
        { key: 'seal', title: t('containers.seal'), show: ({ seal }) => <Said>{seal}</Said> },
        {
          key: 'pickup',
          title: t('containers.pickup'),
          show: ({ pickupReference, account, haulier }) => <Said>{[pickupReference, account, haulier].filter(Boolean).join(', ') || null}</Said>,
        },
        { key: 'record', title: t('containers.record'), show: ({ handle }) => <ToRecord handle={handle} /> },
      ]}
    />
  )
}

/** A moment, or the two between which it lies; of a stay its beginning and its end. */
function When({ movement: { begin, end } }: { movement: Movement }) {
  const { t } = useTexts()
  const last = end && end.latest !== begin?.latest ? end.latest : begin?.latest
  return (
    <>
      <Time at={begin?.earliest} />
      {last && last !== begin?.earliest ? (
        <>
          {' '}
          {t('containers.until')} <Time at={last} />
        </>
      ) : null}
    </>
  )
}

function Left({ handles, why }: { handles: readonly string[]; why: string }) {
  if (!handles.length) return null
  return (
    <p>
      {why}:{' '}
      {handles.map((handle) => (
        <span key={handle}>
          <ToRecord handle={handle} />{' '}
        </span>
      ))}
    </p>
  )
}

function ToRecord({ handle }: { handle: string }) {
  return (
    <Link to={`/record/${encodeURIComponent(handle)}`}>
      <Said>{handle}</Said>
    </Link>
  )
}
