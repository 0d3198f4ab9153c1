import type { ResultOf } from 'gql.tada'
import type { priceReference as referenceText } from '../../generated/texts'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

type Kept = NonNullable<ResultOf<typeof referenceText>['priceReference']>

/** What the node keeps for questions that name no reference: whose statistics, how many rows, since when. */
export function KeptReference({ kept }: { kept: Kept }) {
  const { t } = useTexts()
  return (
    <dl className="facts" data-reference-kept={kept.digest}>
      <dt>{t('money.column.source')}</dt>
      <dd>
        <Said longest={600}>{kept.sources.join(', ')}</Said>
      </dd>
      <dt>{t('money.prices.rows')}</dt>
      <dd>{kept.rows}</dd>
      <dt>{t('money.prices.since')}</dt>
      <dd>
        <Time at={kept.since} />
      </dd>
    </dl>
  )
}
