import { useEffect } from 'react'
import { useSearchParams } from 'react-router'
import { useRead } from '../../api/asked'
import { usePerson } from '../../api/session'
import { budgets, partners } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { Budgets } from './Budgets'
import './liaison.css'

/** Who asks how much of the own node; one step narrows it to a partner. */
export default function Use() {
  const { t } = useTexts()
  const person = usePerson()
  const [address, setAddress] = useSearchParams()
  const partner = address.get('partner') ?? ''
  const told = useRead(budgets, { partner, first: 200 })
  const known = useRead(partners, {})
  useEffect(() => {
    document.title = `${t('liaison.use.title')} · Entente`
  }, [t])
  const others = known.data?.partners.filter(({ id }) => id !== person.node) ?? []
  return (
    <>
      <h1>{t('liaison.use.title')}</h1>
      <p>{t('liaison.use.logged')}</p>
      <div className="chips" role="group" aria-label={t('liaison.grants.partner')}>
        <Button pressed={!partner} onClick={() => setAddress({}, { replace: true })}>
          {t('liaison.grants.all')}
        </Button>
        {others.map(({ id, name }) => (
          <Button key={id} pressed={partner === id} onClick={() => setAddress({ partner: id }, { replace: true })}>
            {name}
          </Button>
        ))}
      </div>
      <Failure error={told.error ?? known.error} />
      {told.asking && !told.data ? <Loading /> : null}
      {told.data ? <Budgets rows={told.data.budgets.filter((each) => each.partner !== person.node)} /> : null}
    </>
  )
}
