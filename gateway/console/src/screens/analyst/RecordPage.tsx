import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import type { Claim } from '../../api/picture'
import { usePerson } from '../../api/session'
import { entity, expand } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Marks, NodeBadge } from '../../parts/Marks'
import { NodeCards } from '../../parts/NodeCards'
import { Failure } from '../../parts/Notice'
import { pastOfRecords } from '../../parts/past'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { ToChart } from '../../parts/ToChart'
import { useReadable } from '../../parts/useReadable'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { RecordSteps } from '../cases/RecordSteps'
import { ContainerHistory } from '../histories/ContainerHistory'
import { Evidence } from './Evidence'
import { AskForMore } from './AskForMore'
import { LeadsOn } from './LeadsOn'
import { MandateBar } from './MandateBar'
import { Results } from './Results'
import { SeenBy } from './SeenBy'
import { WhyHidden } from './WhyHidden'

/** Everything that its owner shows of one record; every value names its source, handling and evaluation. */
export default function RecordPage() {
  const { t } = useTexts()
  const handle = useParams()['handle'] ?? ''
  const { mandate } = useMandate()
  const person = usePerson()
  const [shown, show] = useStep(entity)
  const [around, look] = useStep(expand)
  const [more, askMore] = useState(false)
  const picture = shown.data?.entity
  const claim = picture?.claims.find((each) => each.handle === handle)
  const container = claim?.record.identifiers.find(({ kind }) => kind === 'container')?.normal
  const status = picture?.nodes[0]
  const whole = claim?.withheld.length === 0 && claim.record.mode.toLowerCase() === 'record'
  const partial = status?.status === 'ANSWERED' && status.node !== person.node && !whole
  const request = <Button onClick={() => askMore(true)}>{t('analyst.card.request')}</Button>
  useTitle(t('analyst.record.title'))
  return (
    <>
      <div className="page-head">
        <h1>
          <Said>{claim?.record.caption ?? handle}</Said>
        </h1>
        <NodeBadge node={handle.split('/')[0] ?? ''} />
      </div>
      <MandateBar />
      {shown.data ? null : (
        <p className="actions">
          <Button
            kind="primary"
            busy={shown.asking}
            disabled={!mandate}
            onClick={() => {
              if (mandate) void show({ handle, mandate: mandate.id })
            }}
          >
            {t('analyst.record.load')}
          </Button>
          <small>{t('analyst.record.ask')}</small>
        </p>
      )}
      <Failure error={shown.error} />
      {shown.data && !claim ? <NodeCards label={t('analyst.record.source')} nodes={shown.data.entity.nodes} /> : null}
      {claim && picture ? <RecordFacts claim={claim} query={picture.queryId} /> : null}
      {shown.data ? <RecordSteps handle={handle} query={shown.data.entity.queryId} /> : null}
      {claim ? (
        <p className="actions">
          <Button
            busy={around.asking}
            disabled={!mandate}
            onClick={() => {
              if (mandate) void look({ handle, mandate: mandate.id, hops: 1, first: 100 })
            }}
          >
            {t('analyst.record.expand')}
          </Button>
          <ToChart handles={[handle]} />
          <Link className="button" to={pastOfRecords([handle])}>
            {t('chronicle.menu')}
          </Link>
          <LeadsOn claim={claim} />
          {partial ? request : null}
        </p>
      ) : partial ? (
        <p className="actions">{request}</p>
      ) : null}
      {claim?.node === person.node ? <SeenBy key={handle} handle={handle} mandate={mandate?.id} /> : null}
      {more && picture && status ? (
        <AskForMore picture={picture} node={status} wanted={{ as: 'handle', words: handle }} onClose={() => askMore(false)} />
      ) : null}
      <Failure error={around.error} />
      {around.data ? <Results picture={around.data.expand} /> : null}
      {container ? <ContainerHistory key={container} code={container} /> : null}
    </>
  )
}

/** What a record says. `query` is the question that it was asked with, for who wants to know why something is withheld. */
export function RecordFacts({ claim, query }: { claim: Claim; query?: string }) {
  const { t, code } = useTexts()
  const { record, withheld } = claim
  return (
    <div className="split">
      <section className="panel" aria-labelledby="properties">
        <h2 id="properties">{t('analyst.record.properties')}</h2>
        <dl className="facts">
          {record.properties.map(({ name, values }) => (
            <FactRow key={name} name={name} values={values} claim={claim} />
          ))}
        </dl>
        {withheld.length ? (
          <>
            <h3>{t('analyst.record.withheld')}</h3>
            <ul>
              {withheld.map((each) => {
                const what = each.name === '*' ? t('cases.why.others') : code('property', each.name)
                return (
                  <li key={each.name}>
                    {what}: {t(`reason.${each.code}` as 'reason.NO_GRANT', { defaultValue: each.code })}{' '}
                    {query ? <WhyHidden what={what} reason={each.code} node={claim.node} query={query} /> : <small>{each.code}</small>}
                  </li>
                )
              })}
            </ul>
          </>
        ) : null}
      </section>
      <section className="panel" aria-labelledby="provenance">
        <h2 id="provenance">{t('analyst.record.source')}</h2>
        <Marks {...record} />
        <dl className="facts">
          <dt>{t('analyst.column.what')}</dt>
          <dd>{code('schema', record.schema)}</dd>
          <dt>{t('analyst.column.node')}</dt>
          <dd>{record.owner}</dd>
          <dt>{t('analyst.record.authority')}</dt>
          <dd>
            <Said>{record.authority}</Said>
          </dd>
          <Evidence provenance={claim.provenance} />
          <dt>{t('analyst.record.dataset')}</dt>
          <dd>
            <Said>{record.dataset}</Said>
          </dd>
          <dt>{t('analyst.column.case')}</dt>
          <dd>
            <Said>{record.caseRef}</Said>
          </dd>
          <dt>{t('analyst.record.category')}</dt>
          <dd>{code('category', record.subjectCategory)}</dd>
          <dt>{t('analyst.column.recorded')}</dt>
          <dd>
            <Time at={record.recordedAt} /> · {t('analyst.record.version')} {record.version}
          </dd>
          <dt>{t('analyst.column.tier')}</dt>
          <dd>{code('tier', record.mode.toLowerCase())}</dd>
          <dt>{t('analyst.record.grants')}</dt>
          <dd>{record.grants.join(', ') || '—'}</dd>
          {record.handlingText ? (
            <>
              <dt>{t('analyst.record.hiddenText')}</dt>
              <dd>
                <Said>{record.handlingText}</Said>
              </dd>
            </>
          ) : null}
        </dl>
      </section>
    </div>
  )
}

function FactRow({ name, values, claim }: { name: string; values: readonly string[]; claim: Claim }) {
  const { code } = useTexts()
  const readable = useReadable()
  const { record } = claim
  return (
    <>
      <dt>{code('property', name)}</dt>
      <dd>
        {values.map((value) => (
          <div key={value}>
            <Said>{readable(name, value)}</Said> <NodeBadge node={claim.node} />{' '}
            <Marks handling={record.handling} source={record.source} information={record.information} />
          </div>
        ))}
      </dd>
    </>
  )
}
