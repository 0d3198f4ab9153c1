import { useId } from 'react'
import type { ResultOf } from 'gql.tada'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { containerHistory } from '../../generated/documents'
import type { containerHistory as containerHistoryText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { Answers } from './Answers'
import { Findings } from './Findings'
import { Left, ToRecord, When } from './lines'

/** Km/h between two places. */
export const FASTEST = 120

type Told = ResultOf<typeof containerHistoryText>['containerHistory']
type Movement = Told['movements'][number]

/** Where a container was seen over all nodes, and which records contradict each other; asked by one step. */
export function ContainerHistory({ code }: { code: string }) {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const id = useId()
  const [found, look] = useStep(containerHistory)
  const told = found.data?.containerHistory
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>{t('containers.seen', { code })}</h2>
      {told ? null : (
        <p className="actions">
          <Button
            busy={found.asking}
            disabled={!mandate}
            onClick={() => {
              if (mandate) void look({ code, mandate: mandate.id, language, maxSpeed: FASTEST })
            }}
          >
            {t('containers.look', { code })}
          </Button>
          <small>{t('containers.asks')}</small>
        </p>
      )}
      <Failure error={found.error} />
      {told ? <ContainerTold told={told} /> : null}
    </section>
  )
}

/** How each node answered, what contradicts itself, and the movements. */
export function ContainerTold({ told }: { told: Told }) {
  const { t } = useTexts()
  return (
    <>
      <Answers told={told} />
      <h3>{t('containers.findings')}</h3>
      <Findings findings={told.findings} none={t('containers.none')} />
      <Movements rows={told.movements} />
      <Left handles={told.notSeenMoving} why={t('containers.notSeenMoving')} />
      <Left handles={told.notCompared} why={t('containers.notCompared')} />
      <Notice>{told.cannotSay}</Notice>
    </>
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
        { key: 'when', title: t('histories.when'), text: (each) => each.begin?.earliest ?? '', show: (each) => <When {...each} /> },
        {
          key: 'where',
          title: t('histories.where'),
          text: (each) => each.place ?? '',
          show: ({ unlocode, place }) => (
            <>
              {unlocode} <Said>{place}</Said>
            </>
          ),
        },
        {
          key: 'what',
          title: t('histories.what'),
          show: ({ movement }) => <Said>{t(`containers.kind.${movement}` as 'containers.kind.MOVED', { defaultValue: movement })}</Said>,
        },
        { key: 'seal', title: t('containers.seal'), show: ({ seal }) => <Said>{seal}</Said> },
        {
          key: 'pickup',
          title: t('containers.pickup'),
          show: ({ pickupReference, account, haulier }) => <Said>{[pickupReference, account, haulier].filter(Boolean).join(', ') || null}</Said>,
        },
        { key: 'record', title: t('histories.record'), show: ({ handle }) => <ToRecord handle={handle} /> },
      ]}
    />
  )
}
