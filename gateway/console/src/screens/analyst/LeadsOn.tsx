import { Link } from 'react-router'
import type { Claim } from '../../api/picture'
import { useTexts } from '../../shell/texts'
import { ToMoney } from '../money/links'
import type { Tab } from '../money/links'

const OWNED = ['Company', 'Organization', 'LegalEntity', 'PublicBody', 'BankAccount']
const JOINED = ['Container', 'Shipment', 'Seizure', 'BankAccount', 'CryptoWallet', 'Payment']
/** Which questions about money a record leads to, by its schema. */
const LEADS: Readonly<Record<Exclude<Tab, 'wallet'>, readonly string[]>> = { owners: OWNED, joined: JOINED, prices: ['Shipment'] }
const AT_SEA = ['Vessel', 'VesselPeriod', 'VesselListing', 'AisEvent', 'AisTrack']

/** One click from a record to the screen that says more of what it is; nothing is asked on the way. */
export function LeadsOn({ claim: { handle, record } }: { claim: Claim }) {
  const { t } = useTexts()
  const number = (...kinds: readonly string[]) => kinds.map((kind) => record.identifiers.find((each) => each.kind === kind)?.normal).find(Boolean)
  const vessel = AT_SEA.includes(record.schema) ? number('imo', 'mmsi') : undefined
  const address = record.schema === 'CryptoWallet' ? number('wallet') : undefined
  return (
    <>
      {record.schema === 'ChemicalProfile' ? (
        <Link className="button" to={`/profiles?of=${encodeURIComponent(handle)}`}>
          {t('profiles.link')}
        </Link>
      ) : null}
      {vessel ? (
        <Link className="button" to={`/vessels?q=${encodeURIComponent(vessel)}`}>
          {t('analyst.toVessel')}
        </Link>
      ) : null}
      {(['owners', 'joined', 'prices'] as const).map((tab) => (LEADS[tab].includes(record.schema) ? <ToMoney key={tab} tab={tab} from={handle} /> : null))}
      {address ? <ToMoney tab="wallet" from={address} /> : null}
    </>
  )
}
