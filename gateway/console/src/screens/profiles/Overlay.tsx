import { visibleText } from '../../parts/visible'
import type { Match } from './Profiles'

type Compound = Match['compounds'][number]

const ROW = 28
const LEFT = 210
const WIDE = 400
const LONGEST = 30

/** Both profiles overlaid: a bar for each share, a whisker for its uncertainty. Decoration; the table says the same. */
export function Overlay({ compounds, label }: { compounds: readonly Compound[]; label: string }) {
  const most = Math.max(...compounds.flatMap(({ left, right }) => [left.high, right.high]), Number.MIN_VALUE)
  const height = ROW * compounds.length + 8
  return (
    <div className="scroll" role="region" aria-label={label} tabIndex={0}>
      <svg className="overlay" viewBox={`0 0 ${LEFT + WIDE + 20} ${height}`} role="img" aria-label={label}>
        {compounds.map(({ compound, left, right, differs }, place) => (
          <g key={compound} transform={`translate(0 ${ROW * place + 4})`}>
            <text x="4" y="15" className={differs ? 'differs' : undefined}>
              {visibleText(compound).slice(0, LONGEST)}
            </text>
            {[left, right].map((side, which) => (
              <g key={which} className={which ? 'there' : 'here'} transform={`translate(${LEFT} ${which * 10 + 2})`}>
                <rect width={(WIDE * side.share) / most} height="8" />
                <path d={`M${(WIDE * side.low) / most} 4H${(WIDE * side.high) / most}m0-4v8`} className={side.below ? 'below' : undefined} />
              </g>
            ))}
          </g>
        ))}
      </svg>
    </div>
  )
}
