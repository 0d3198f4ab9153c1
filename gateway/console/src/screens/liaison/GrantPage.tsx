import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { usePerson } from '../../api/session'
import { apiLanguage } from '../../api/vocabulary'
import { grantVersions, revokeGrant } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { live } from './filter'
import { GrantUse } from './GrantUse'
import { IfRevoked } from './IfRevoked'
import type { GrantShown } from './GrantTable'
import { ReasonDialog, REVOKE_REASONS } from './ReasonDialog'
import { Sentence } from './Sentence'
import './liaison.css'

/** One grant: its sentence, its terms, its versions, and how it ends. */
export default function GrantPage() {
  const { t, code, language } = useTexts()
  const id = useParams()['id'] ?? ''
  const person = usePerson()
  const api = apiLanguage(language)
  const told = useRead(grantVersions, { grant: id, language: api })
  const [ending, end] = useState(false)
  const [revoked, revoke] = useStep(revokeGrant)
  const versions = told.data?.grantVersions ?? []
  const newest = versions[0]
  useEffect(() => {
    document.title = `${t('liaison.grant.title')} · Entente`
  }, [t])
  const revokeNow = async (reason: string) => {
    if (!(await revoke({ grant: id, reason, language: api }))) return
    end(false)
    told.again()
  }
  return (
    <>
      <div className="page-head">
        <h1>
          {t('liaison.grant.title')} {newest?.ref ?? id} {newest?.recipients.map((each) => <NodeBadge key={each} node={each} />)}
        </h1>
        {newest ? <strong>{code('grantState', newest.state)}</strong> : null}
      </div>
      <Failure error={told.error} />
      <div role="status">{revoked.data ? <Notice tone="success">{t('liaison.revoke.done')}</Notice> : null}</div>
      {told.asking && !told.data ? <Loading /> : null}
      {newest ? (
        <>
          <Sentence>{newest.sentence}</Sentence>
          <p className="actions">
            <Link className="button primary" to={`/preview?of=${encodeURIComponent(id)}`}>
              {t('liaison.grant.preview')}
            </Link>
            {live(newest) ? (
              <>
                <Link className="button" to={`/new-grant?follows=${encodeURIComponent(id)}`}>
                  {t('liaison.grant.change')}
                </Link>
                <Button kind="danger" onClick={() => end(true)}>
                  {t('liaison.revoke.open')}
                </Button>
              </>
            ) : null}
            <Link className="button" to="/explain">
              {t('liaison.grant.explain')}
            </Link>
          </p>
          <div className="split">
            <Terms grant={newest} />
            <div className="stack">
              <GrantUse id={id} limited={newest.quota !== null} />
              {live(newest) ? <IfRevoked grant={newest} own={person.node} /> : null}
            </div>
          </div>
          <section className="panel" aria-labelledby="history">
            <h2 id="history">{t('liaison.grant.history')}</h2>
            <ol className="plain versions" reversed>
              {versions.map((each) => (
                <li key={each.ref}>
                  <p>
                    <strong>{each.ref}</strong> · {code('grantState', each.state)} · <Time at={each.notBefore} />
                  </p>
                  <Sentence>{each.sentence}</Sentence>
                </li>
              ))}
            </ol>
          </section>
        </>
      ) : null}
      {ending ? (
        <ReasonDialog
          title={t('liaison.revoke.title')}
          action={t('liaison.revoke.do')}
          reasons={REVOKE_REASONS}
          busy={revoked.asking}
          error={revoked.error}
          onReason={(reason) => void revokeNow(reason)}
          onClose={() => end(false)}
        >
          <p>{t('liaison.revoke.text')}</p>
        </ReasonDialog>
      ) : null}
    </>
  )
}

function Terms({ grant }: { grant: GrantShown }) {
  const { t, code } = useTexts()
  const list = (kind: string, codes: readonly string[]) => codes.map((each) => code(kind, each)).join(', ')
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t('liaison.grant.ref'), <Said key="ref">{grant.ref}</Said>],
    [t('liaison.grants.partner'), grant.recipients.join(', ')],
    [t('liaison.bulk.dataset'), grant.dataset === '*' ? t('liaison.grants.everySet') : <Said key="set">{grant.dataset}</Said>],
    [t('liaison.new.schemata'), grant.schemata.includes('*') ? t('liaison.grants.everyKind') : list('schema', grant.schemata)],
    [t('liaison.new.tier'), code('tier', grant.tier.toLowerCase())],
    [t('liaison.new.masked'), grant.masked.length ? <Said key="masked">{list('property', grant.masked)}</Said> : t('liaison.grant.noneMasked')],
    [t('liaison.grants.purpose'), list('purpose', grant.purposes)],
    [t('liaison.grant.bases'), list('basis', grant.legalBases)],
    [t('liaison.grant.categories'), list('category', grant.categories)],
    [t('liaison.grant.roles'), list('role', grant.roles.map((each) => each.toLowerCase()))],
    [t('liaison.grant.units'), grant.units.length ? <Said key="units">{grant.units.join(', ')}</Said> : t('liaison.grant.any')],
    [t('liaison.item.case'), grant.cases.length ? <Said key="cases">{grant.cases.join(', ')}</Said> : t('liaison.grants.anyCase')],
    [t('liaison.grant.records'), grant.recordIds.length ? <Said key="records">{grant.recordIds.join(', ')}</Said> : null],
    [t('liaison.grant.rows'), grant.maxRows],
    [t('liaison.grant.quota'), <Quota key="quota" grant={grant} />],
    [
      t('liaison.grants.period'),
      <span key="period">
        <Time at={grant.notBefore} /> – <Time at={grant.revokedAt ?? grant.expiresAt} />
      </span>,
    ],
    [t('liaison.grant.approvedBy'), <Said key="by">{grant.approvedBy.join(', ')}</Said>],
  ]
  return (
    <section className="panel" aria-labelledby="terms">
      <h2 id="terms">{t('liaison.grant.terms')}</h2>
      <dl className="facts">
        {rows.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  )
}

function Quota({ grant: { quota } }: { grant: GrantShown }) {
  const { t } = useTexts()
  const limits = (['questionsHour', 'questionsDay', 'rowsHour', 'rowsDay'] as const).filter((each) => quota?.[each] != null)
  if (!limits.length) return t('liaison.grant.noQuota')
  return limits.map((each) => `${t(`liaison.new.${each}`)}${t('shell.colon')} ${quota?.[each] ?? ''}`).join(' · ')
}
