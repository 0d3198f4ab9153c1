import { useSearchParams } from 'react-router'
import { Tabs } from '../../parts/Tabs'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { MandateBar } from '../analyst/MandateBar'
import { Joined } from './Joined'
import { TABS } from './links'
import type { Tab } from './links'
import { Owners } from './Owners'
import { Prices } from './Prices'
import { Wallet } from './Wallet'
import '../histories/histories.css'

const SIDES = { owners: Owners, joined: Joined, prices: Prices, wallet: Wallet } as const

/** Questions about money: who owns it, where it meets the goods, which price is odd, whether an address checks. */
export default function Money() {
  const { t } = useTexts()
  const [address, setAddress] = useSearchParams()
  const tab = TABS.find((each) => each === address.get('tab')) ?? 'owners'
  const of = (each: Tab) => address.get(each) ?? ''
  useTitle(t('money.title'))
  return (
    <>
      <div className="page-head">
        <h1>{t('money.title')}</h1>
      </div>
      <p className="prose">{t('money.lead')}</p>
      <MandateBar />
      <Tabs
        label={t('money.title')}
        ids={TABS}
        chosen={tab}
        onChoose={(each) => {
          address.set('tab', each)
          setAddress(address, { replace: true })
        }}
        text={(each) => t(`money.tab.${each}`)}
        panel={(each) => `money-${each}`}
      />
      {TABS.map((each) => {
        const Side = SIDES[each]
        return (
          <div key={each} id={`money-${each}`} className="told" role="tabpanel" aria-labelledby={`tab-${each}`} hidden={each !== tab}>
            <Side key={of(each)} of={of(each)} />
          </div>
        )
      })}
    </>
  )
}
