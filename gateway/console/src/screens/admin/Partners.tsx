import type { ResultOf } from 'gql.tada'
import { useRead } from '../../api/asked'
import { directory, ownKeys } from '../../generated/documents'
import type { directory as texts, ownKeys as keyTexts } from '../../generated/texts'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

type State = ResultOf<typeof texts>['directory']
type Partner = State['partners'][number]
type Key = ResultOf<typeof keyTexts>['ownKeys'][number]

const DAY = 86_400_000
const SOON = 14

/** The nodes of the signed directory with their keys, when they were last heard; and the own keys. */
export default function Partners() {
  const { t } = useTexts()
  const known = useRead(directory, {})
  const own = useRead(ownKeys, {})
  useTitle(t('admin.partners.title'))
  const told = known.data?.directory
  return (
    <>
      <h1>{t('admin.partners.title')}</h1>
      <Failure error={known.error ?? own.error} />
      {known.asking && !told ? <Loading /> : null}
      {told ? (
        <>
          <Directory state={told} />
          {told.partners
            .filter((each) => !each.own)
            .map((each) => (
              <OnePartner key={each.id} partner={each} />
            ))}
        </>
      ) : null}
      {own.data ? (
        <section className="panel" aria-labelledby="own">
          <h2 id="own">{t('admin.partners.own')}</h2>
          <p>{t('admin.partners.ownText')}</p>
          <Keys caption={t('admin.partners.own')} keys={own.data.ownKeys} />
        </section>
      ) : null}
    </>
  )
}

/** How old the directory is and how long it still counts; without one in force nothing is asked or answered. */
function Directory({ state }: { state: State }) {
  const { t } = useTexts()
  const days = (from: string, to: number) => Math.floor((to - new Date(from).getTime()) / DAY)
  // eslint-disable-next-line react-hooks/purity -- its age is that of the moment at which it is looked at
  const now = Date.now()
  const left = -days(state.expiresAt, now)
  return (
    <section className="panel" aria-labelledby="directory">
      <h2 id="directory">{t('admin.partners.directory', { version: state.version })}</h2>
      <dl className="facts">
        <dt>{t('admin.partners.federation')}</dt>
        <dd>
          <Said>{state.federation}</Said>
        </dd>
        <dt>{t('admin.partners.issued')}</dt>
        <dd>
          <Time at={state.issuedAt} /> ({t('admin.partners.age', { count: days(state.issuedAt, now) })})
        </dd>
        <dt>{t('admin.partners.expires')}</dt>
        <dd>
          <Time at={state.expiresAt} />
        </dd>
      </dl>
      {left <= SOON ? <Notice tone="warning">{t('admin.partners.soon')}</Notice> : null}
    </section>
  )
}

function OnePartner({ partner }: { partner: Partner }) {
  const { t } = useTexts()
  const heading = `partner-${partner.id}`
  return (
    <section className="panel" aria-labelledby={heading} data-partner={partner.id}>
      <h2 id={heading}>
        <NodeBadge node={partner.id} /> <Said>{partner.name}</Said>
      </h2>
      <dl className="facts">
        <dt>{t('shared.profile.node')}</dt>
        <dd>
          <Said>{partner.id}</Said>
        </dd>
        <dt>{t('admin.node.country')}</dt>
        <dd>{partner.country}</dd>
        <dt>{t('admin.partners.address')}</dt>
        <dd>
          <Said>{partner.address}</Said>
        </dd>
        <dt>{t('admin.node.contact')}</dt>
        <dd>
          <Said>{partner.contact}</Said>
        </dd>
        <dt>{t('admin.partners.heard')}</dt>
        <dd>
          {partner.heardAt ? <Time at={partner.heardAt} /> : t('admin.partners.never')}
          {partner.failures ? <strong> · {t('admin.partners.failures', { count: partner.failures })}</strong> : null}
        </dd>
        <dt>{t('admin.partners.checkpoint')}</dt>
        <dd>
          {partner.checkpointSize === null
            ? t('admin.partners.noCheckpoint')
            : t('admin.partners.entries', { count: partner.checkpointSize })}
        </dd>
      </dl>
      <details>
        <summary>{t('admin.partners.keys', { count: partner.keys.length })}</summary>
        <Keys caption={t('admin.partners.keysOf', { name: partner.name })} keys={partner.keys} />
      </details>
    </section>
  )
}

function Keys({ caption, keys }: { caption: string; keys: readonly Key[] }) {
  const { t, code } = useTexts()
  return (
    <Table
      caption={caption}
      rows={keys}
      id={({ name }) => name}
      columns={[
        { key: 'use', title: t('admin.partners.use'), text: ({ use }) => code('keyUse', use), show: ({ use }) => code('keyUse', use) },
        { key: 'name', title: t('admin.partners.keyName'), text: ({ name }) => name, show: ({ name }) => <Said>{name}</Said> },
        { key: 'fingerprint', title: t('admin.partners.fingerprint'), show: ({ fingerprint }) => <code>{fingerprint}</code> },
        {
          key: 'life',
          title: t('admin.partners.life'),
          text: ({ notAfter }) => notAfter ?? '',
          show: ({ notBefore, notAfter, accepted }) =>
            notBefore && notAfter ? (
              <>
                <Time at={notBefore.slice(0, 10)} /> – <Time at={notAfter.slice(0, 10)} />
                {accepted ? null : <strong> · {t('admin.partners.notAccepted')}</strong>}
              </>
            ) : (
              t('admin.partners.noEnd')
            ),
        },
      ]}
    />
  )
}
