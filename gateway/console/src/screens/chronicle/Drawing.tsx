import { useMemo } from 'react'
import { useTexts } from '../../shell/texts'
import { visibleText } from '../../parts/visible'
import { HEIGHT, WIDTH, places } from './places'
import type { Spot } from './places'
import type { Tie } from './steps'
import type { Thing } from './told'

/** Things in one drawing; of more only the table and the sentences are shown. */
export const MOST_DRAWN = 60
/** Signs in a line of a name, which has two. */
const LINE = 24
/** Between two ties of the same two things. */
const APART = 14
const ASPECTS = ['ROLE', 'TERRITORY', 'CHANNEL', 'TIE'] as const
/** A sign in the middle of each line: no aspect is told by colour alone. */
const SIGNS: Readonly<Record<string, string>> = {
  ROLE: 'M0-5a5 5 0 1 0 .01 0Z',
  TERRITORY: 'M0-6 6 5H-6Z',
  CHANNEL: 'M0-7 6 0 0 7-6 0Z',
  TIE: 'M-4-4H4V4H-4Z',
}

interface Props {
  readonly things: readonly Thing[]
  /** What is drawn now. */
  readonly ties: readonly Tie[]
  /** All that is ever drawn here: things stay where they are while ties come and go. */
  readonly all: readonly Tie[]
}

/** Who and what was tied, as lines between names; everything in it stands as a sentence beside it. */
export function Drawing({ things, ties, all }: Props) {
  const { t, code } = useTexts()
  const named = useMemo(() => {
    const tied = new Set(all.flatMap(({ subject, object }) => [subject, object]))
    return things.filter(({ place }) => tied.has(place))
  }, [things, all])
  const spots = useMemo(() => {
    const at = new Map(named.map(({ place }, index) => [place, index]))
    const pairs = all.map(({ subject, object }) => [at.get(subject) ?? 0, at.get(object) ?? 0] as const)
    const found = named.length > MOST_DRAWN ? [] : places(named.length, pairs)
    return new Map(named.map(({ place }, index) => [place, found[index]]))
  }, [named, all])
  const turns = useMemo(() => sideways(all), [all])
  if (!named.length) return null
  if (named.length > MOST_DRAWN) return <p className="empty">{t('chronicle.drawing.many', { count: named.length, most: MOST_DRAWN })}</p>
  const there = new Set(ties.flatMap(({ subject, object }) => [subject, object]))
  const used = ASPECTS.filter((aspect) => all.some((each) => each.aspect === aspect))
  return (
    <figure className="past-figure">
      <div className="scroll" role="region" aria-label={t('chronicle.drawing.title')} tabIndex={0}>
        <svg
          className="past-drawing"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={t('chronicle.drawing.alt', { things: there.size, ties: ties.length })}
        >
          {ties.map(({ id, subject, object, aspect, perhaps, lit }) => {
            const [start, end] = [spots.get(subject), spots.get(object)]
            if (!start || !end) return null
            const [from, to] = beside(start, end, turns.get(id) ?? 0)
            return (
              <g key={id} className={`past-tie ${aspect.toLowerCase()}${perhaps ? ' perhaps' : ''}${lit ? ' lit' : ''}`} data-tie={id}>
                <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
                <path d={SIGNS[aspect] ?? SIGNS['TIE']} transform={`translate(${(from.x + to.x) / 2} ${(from.y + to.y) / 2})`} />
              </g>
            )
          })}
          {named.map(({ place, caption, schemata }) => {
            const spot = spots.get(place)
            if (!spot) return null
            return (
              <g key={place} className={there.has(place) ? 'past-thing' : 'past-thing absent'} data-place={place}>
                <title>{schemata.map((each) => code('schema', each)).join(', ')}</title>
                <circle cx={spot.x} cy={spot.y} r="8" />
                <text textAnchor="middle">
                  {inLines(visibleText(caption)).map((line, number) => (
                    <tspan key={number} x={spot.x} y={spot.y + 22 + 15 * number}>
                      {line}
                    </tspan>
                  ))}
                </text>
              </g>
            )
          })}
        </svg>
      </div>
      <figcaption>
        <ul className="past-legend">
          {used.map((aspect) => (
            <li key={aspect}>
              <svg className={`past-tie ${aspect.toLowerCase()}`} width="34" height="16" viewBox="0 -8 34 16" aria-hidden="true" focusable="false">
                <line x1="0" x2="34" />
                <path d={SIGNS[aspect]} transform="translate(17)" />
              </svg>
              {t(`chronicle.aspect.${aspect}`)}
            </li>
          ))}
          {all.some(({ perhaps }) => perhaps) ? (
            <li>
              <svg className="past-tie tie perhaps" width="34" height="16" viewBox="0 -8 34 16" aria-hidden="true" focusable="false">
                <line x1="0" x2="34" />
              </svg>
              {t('chronicle.perhaps')}
            </li>
          ) : null}
        </ul>
        <small>{t('chronicle.drawing.means')}</small>
      </figcaption>
    </figure>
  )
}

/** How far each tie is drawn beside the straight line: ties of the same two lie side by side. */
function sideways(all: readonly Tie[]): ReadonlyMap<string, number> {
  const pairs = new Map<string, Tie[]>()
  for (const tie of all) {
    const pair = [tie.subject, tie.object].sort((one, other) => one - other).join(' ')
    pairs.set(pair, [...(pairs.get(pair) ?? []), tie])
  }
  return new Map(
    [...pairs.values()].flatMap((ties) =>
      ties.map(({ id, subject, object }, place) => [id, (place - (ties.length - 1) / 2) * APART * (subject < object ? 1 : -1)] as const),
    ),
  )
}

function beside(from: Spot, to: Spot, by: number): readonly [Spot, Spot] {
  const far = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y))
  const [x, y] = [(-(to.y - from.y) / far) * by, ((to.x - from.x) / far) * by]
  return [
    { x: from.x + x, y: from.y + y },
    { x: to.x + x, y: to.y + y },
  ]
}

/** A name in at most two lines, broken between words where it can be. */
function inLines(name: string): readonly string[] {
  const signs = Array.from(name)
  if (signs.length <= LINE) return [name]
  const first = signs.slice(0, LINE + 1).lastIndexOf(' ')
  const at = first > LINE / 3 ? first : LINE
  const rest = signs.slice(at).join('').trim()
  const left = Array.from(rest)
  return [signs.slice(0, at).join(''), left.length > LINE ? `${left.slice(0, LINE - 1).join('')}…` : rest]
}
