import { useEffect, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { usePerson } from '../../api/session'
import { explainRecord, partners } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import './liaison.css'

/** Who could see one record of the own node, through which grant, and why not otherwise. */
export default function Explain() {
  const { t, code } = useTexts()
  const person = usePerson()
  const [address, setAddress] = useSearchParams()
  const [id, setId] = useState(address.get('record') ?? '')
  const [partner, setPartner] = useState('')
  const known = useRead(partners, {})
  const [told, explain] = useStep(explainRecord)
  useEffect(() => {
    document.title = `${t('liaison.explain.title')} · Entente`
  }, [t])
  const others = known.data?.partners.filter((each) => each.id !== person.node) ?? []
  const go = () => {
    const wanted = id.trim()
    if (!wanted) return
    setAddress({ record: wanted }, { replace: true })
    void explain({ id: wanted, ...(partner ? { partner } : {}) })
  }
  return (
    <>
      <h1>{t('liaison.explain.title')}</h1>
      <p className="lead">{t('liaison.explain.text')}</p>
      <form
        className="panel form row"
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <TextField label={t('liaison.explain.id')} value={id} onChange={setId} required maxLength={128} />
        <SelectField
          label={t('liaison.grants.partner')}
          value={partner}
          options={[{ value: '', label: t('liaison.grants.all') }, ...others.map((each) => ({ value: each.id, label: each.name }))]}
          onChange={setPartner}
        />
        <Button kind="primary" type="submit" busy={told.asking}>
          {t('liaison.explain.go')}
        </Button>
      </form>
      <Failure error={told.error} />
      {told.data ? (
        <Table
          caption={t('liaison.explain.list')}
          rows={told.data.explainRecord}
          id={(row) => `${row.partner} ${row.grant ?? ''}`}
          columns={[
            { key: 'partner', title: t('liaison.grants.partner'), text: (row) => row.partner, show: (row) => <NodeBadge node={row.partner} /> },
            {
              key: 'grant',
              title: t('liaison.explain.grant'),
              text: ({ grant }) => grant ?? '',
              show: ({ grant }) =>
                grant ? <Link to={`/grants/${encodeURIComponent(grant.split('@')[0] ?? '')}`}>{grant}</Link> : <Said>{grant}</Said>,
            },
            { key: 'shown', title: t('liaison.explain.shown'), text: ({ shown }) => (shown ? 0 : 1), show: ({ shown }) => <strong>{shown ? `✓ ${t('shell.yes')}` : `✕ ${t('shell.no')}`}</strong> },
            { key: 'tier', title: t('liaison.explain.tier'), text: ({ tier }) => tier, show: ({ tier }) => code('mode', tier) },
            {
              key: 'why',
              title: t('liaison.explain.why'),
              show: ({ reasons, masked }) => (
                <ul className="plain">
                  {[...reasons.map((each) => ({ ...each, name: '' })), ...masked].map((each) => (
                    <li key={`${each.name} ${each.code} ${each.rule}`}>
                      {each.name ? (
                        <>
                          <Said>{code('property', each.name)}</Said>:{' '}
                        </>
                      ) : null}
                      {t(`reason.${each.code}` as 'reason.NO_GRANT', { defaultValue: each.code })}{' '}
                      <small>
                        {each.code}
                        {each.rule ? `, ${t('liaison.explain.rule')} ${each.rule}` : ''}
                      </small>
                    </li>
                  ))}
                </ul>
              ),
            },
          ]}
        />
      ) : null}
    </>
  )
}
