import { useEffect, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useRead } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { grants, grantUse, partners } from '../../generated/documents'
import { usePerson } from '../../api/session'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { BulkRevoke } from './BulkRevoke'
import { endsSoon, live } from './filter'
import { GrantTable } from './GrantTable'
import './liaison.css'

/** What partners may see; partner and end are filters of one step, and stand in the address. */
export default function Grants() {
  const { t, language } = useTexts()
  const person = usePerson()
  const [address, setAddress] = useSearchParams()
  const [ending, end] = useState(false)
  const shared = useRead(grants, { first: 200, language: apiLanguage(language) })
  const known = useRead(partners, {})
  const used = useRead(grantUse, {})
  useEffect(() => {
    document.title = `${t('liaison.grants.title')} · Entente`
  }, [t])
  const partner = address.get('partner')
  const soon = address.has('soon')
  const ended = address.has('ended')
  const others = known.data?.partners.filter(({ id }) => id !== person.node) ?? []
  const rows = (shared.data?.grants ?? []).filter(
    (each) =>
      (!partner || each.recipients.includes(partner)) &&
      (ended || live(each)) &&
      (!soon || endsSoon(each, new Date())) &&
      each.recipients.some((one) => one !== person.node),
  )
  const flip = (name: string, value: string | null) => {
    const next = new URLSearchParams(address)
    if (value === null) next.delete(name)
    else next.set(name, value)
    setAddress(next, { replace: true })
  }
  return (
    <>
      <div className="page-head">
        <h1>{t('liaison.grants.title')}</h1>
        <Link className="button primary" to="/new-grant">
          {t('liaison.menu.new')}
        </Link>
        <Button kind="danger" onClick={() => end(true)}>
          {t('liaison.bulk.open')}
        </Button>
      </div>
      <Failure error={shared.error ?? known.error ?? used.error} />
      <div className="chips" role="group" aria-label={t('liaison.grants.who')}>
        <Button pressed={!partner} onClick={() => flip('partner', null)}>
          {t('liaison.grants.all')}
        </Button>
        {others.map(({ id, name }) => (
          <Button key={id} pressed={partner === id} onClick={() => flip('partner', id)}>
            {name}
          </Button>
        ))}
        <Button pressed={soon} onClick={() => flip('soon', soon ? null : '14')}>
          {t('liaison.grants.soon')}
        </Button>
        <Button pressed={ended} onClick={() => flip('ended', ended ? null : '1')}>
          {t('liaison.grants.ended')}
        </Button>
      </div>
      {shared.asking && !shared.data ? <Loading /> : null}
      {shared.data ? <GrantTable grants={rows} own={person.node} used={used.data?.grantUse} counting={used.asking} /> : null}
      {used.data && !used.data.grantUse.complete ? <p>{t('liaison.grants.useCut')}</p> : null}
      {ending ? (
        <BulkRevoke
          partners={others.map(({ id }) => id)}
          grants={(shared.data?.grants ?? []).filter(live)}
          onClose={() => {
            end(false)
            shared.again()
          }}
        />
      ) : null}
    </>
  )
}
