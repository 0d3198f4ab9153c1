import { useState } from 'react'
import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { walletAddress } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import { ToMoney } from './links'

/** How far an address checks, and of which chain it is; no node is asked. */
export function Wallet({ of }: { of: string }) {
  const { t, language } = useTexts()
  const [address, setAddress] = useState(of)
  const [currency, setCurrency] = useState('')
  const [found, check] = useStep(walletAddress)
  const told = found.data?.walletAddress
  return (
    <>
      <form
        className="panel"
        aria-label={t('money.tab.wallet')}
        onSubmit={(event) => {
          event.preventDefault()
          void check({ address: address.trim(), currency: currency.trim() || null, language })
        }}
      >
        <div className="form row">
          <TextField label={t('money.wallet.address')} value={address} onChange={setAddress} required maxLength={256} />
          <TextField label={t('money.wallet.currency')} value={currency} onChange={setCurrency} maxLength={16} />
          <Button kind="primary" type="submit" busy={found.asking}>
            {t('money.wallet.check')}
          </Button>
        </div>
        <small>{t('money.wallet.asks')}</small>
      </form>
      <Failure error={found.error} />
      {told && !found.error ? (
        <section className="panel" aria-label={t('money.wallet.result')} data-verification={told.verification}>
          <p role="status">
            <strong>{told.sentence}</strong>
          </p>
          <dl className="facts">
            <dt>{t('money.wallet.normal')}</dt>
            <dd>
              <Said>{told.normal}</Said>
            </dd>
            <dt>{t('money.wallet.chain')}</dt>
            <dd>
              <Said>{told.chain}</Said>
            </dd>
            {told.reason ? (
              <>
                <dt>{t('money.wallet.reason')}</dt>
                <dd>
                  <Said lang="en">{told.reason}</Said>
                </dd>
              </>
            ) : null}
          </dl>
          <p>{t('money.wallet.means')}</p>
          {told.normal ? (
            <p className="actions">
              <Link className="button" to={`/search?${new URLSearchParams({ q: told.normal, as: 'identifier' }).toString()}`}>
                {t('money.wallet.who')}
              </Link>
              <ToMoney tab="joined" from={told.normal} />
            </p>
          ) : null}
        </section>
      ) : null}
    </>
  )
}
