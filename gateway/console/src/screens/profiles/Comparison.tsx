import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { Overlay } from './Overlay'
import type { Match } from './Profiles'

type Side = Match['compounds'][number]['left']

/** Why a score is what it is: in words, as a picture, and as the table that says the same. */
export function Comparison({ match, asked }: { match: Match; asked: string }) {
  const { t, language } = useTexts()
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 })
  const side = ({ share, high, below }: Side) =>
    below ? t('profiles.below', { limit: percent.format(high) }) : `${percent.format(share)} ± ${percent.format(high - share)}`
  const differs = (told: boolean | null) => t(told === null ? 'profiles.unknown' : told ? 'profiles.yes' : 'profiles.no')
  return (
    <section className="panel" aria-labelledby="why" data-match={match.handle}>
      <h3 id="why">{t('profiles.overlay')}</h3>
      <p>
        <Said>{asked}</Said> | <Said>{match.handle}</Said>
      </p>
      <p>{match.meaning}</p>
      {match.compounds.length ? (
        <>
          <Overlay compounds={match.compounds} label={t('profiles.overlay')} />
          <p>
            <small>{t('profiles.plot')}</small>
          </p>
          <Table
            caption={t('profiles.overlay')}
            rows={match.compounds}
            id={({ compound }) => compound}
            columns={[
              { key: 'compound', title: t('profiles.column.compound'), text: ({ compound }) => compound, show: ({ compound }) => <Said>{compound}</Said> },
              { key: 'left', title: t('profiles.column.here'), numeric: true, text: ({ left }) => left.share, show: ({ left }) => side(left) },
              { key: 'right', title: t('profiles.column.there'), numeric: true, text: ({ right }) => right.share, show: ({ right }) => side(right) },
              { key: 'part', title: t('profiles.column.part'), numeric: true, text: ({ part }) => part, show: ({ part }) => percent.format(part) },
              { key: 'differs', title: t('profiles.column.differs'), show: (each) => differs(each.differs) },
            ]}
          />
        </>
      ) : (
        <Notice>{t('profiles.withheld')}</Notice>
      )}
    </section>
  )
}
