import { useId, useState } from 'react'
import { Link } from 'react-router'
import type { NodeStatus } from '../../api/picture'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import { Comparison } from './Comparison'
import type { Found, Match } from './Profiles'

const LABORATORY = ['SAME', 'OTHER', 'NOT_TOLD'] as const

interface Props {
  readonly found: Found
  readonly onMore: (node: NodeStatus) => void
}

/** What supports a common source, best first; a slider leaves out lower scores, and one click says why a score is so. */
export function Matches({ found, onMore }: Props) {
  const { t, language } = useTexts()
  const id = useId()
  const scores = found.matches.map(({ score }) => score)
  const lowest = scores.length ? Math.min(...scores) : 0
  const [least, setLeast] = useState(0)
  const [open, setOpen] = useState('')
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 4 })
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 })
  const rows = found.matches.filter(({ score }) => score >= least)
  const score = (match: Match) =>
    match.exact ? number.format(match.score) : t('profiles.orMore', { score: number.format(match.score) })
  const laboratory = (match: Match) => {
    const told = LABORATORY.find((each) => each === match.laboratory) ?? 'NOT_TOLD'
    return t(`profiles.laboratory.${told}`)
  }
  const chosen = rows.find(({ handle }) => handle === open)
  const status = (node: string) => found.nodes.find((each) => each.status.node === node)?.status
  const asked = [...(found.asked.handle ? [found.asked.handle] : [])]
  return (
    <section aria-labelledby="matches">
      <h2 id="matches">{t('profiles.matches')}</h2>
      {scores.length > 1 ? (
        <div className="field">
          <label htmlFor={id}>{t('profiles.least', { score: number.format(Math.max(least, lowest)) })}</label>
          <input
            id={id}
            type="range"
            min={lowest}
            max={1}
            step={0.001}
            value={Math.max(least, lowest)}
            onChange={(event) => setLeast(Number(event.target.value))}
          />
        </div>
      ) : null}
      <Table
        caption={t('profiles.matches')}
        rows={rows}
        id={({ handle }) => handle}
        empty={t('profiles.none')}
        columns={[
          {
            key: 'profile',
            title: t('profiles.column.profile'),
            show: ({ handle, claim }) => (
              <Link to={`/record/${encodeURIComponent(handle)}`}>
                <Said>{claim.record.caption ?? handle}</Said>
              </Link>
            ),
          },
          { key: 'node', title: t('profiles.column.node'), show: ({ node }) => <NodeBadge node={node} /> },
          { key: 'score', title: t('profiles.column.score'), numeric: true, text: (each) => each.score, show: score },
          {
            key: 'false',
            title: t('profiles.column.false'),
            numeric: true,
            show: ({ falsePositive }) => percent.format(falsePositive.high),
          },
          { key: 'laboratory', title: t('profiles.column.laboratory'), show: laboratory },
          { key: 'days', title: t('profiles.column.days'), numeric: true, show: ({ ageDays }) => ageDays ?? t('profiles.unknown') },
          {
            key: 'why',
            title: t('profiles.column.why'),
            show: (each) => (
              <Button onClick={() => setOpen(open === each.handle ? '' : each.handle)} pressed={open === each.handle}>
                {t('profiles.why', { score: score(each) })}
              </Button>
            ),
          },
        ]}
      />
      {chosen ? <Comparison match={chosen} asked={found.asked.handle ?? t('profiles.column.here')} /> : null}
      {rows.length ? (
        <p className="actions">
          <ToChart handles={[...asked, ...rows.flatMap(({ handle, sample }) => (sample ? [handle, sample] : [handle]))]} />
          {[...new Set(rows.map(({ node }) => node))].map((node) => {
            const one = status(node)
            return one && !rows.every((each) => each.node !== node || each.exact) ? (
              <Button key={node} onClick={() => onMore(one)}>
                {t('profiles.ask')} ({node})
              </Button>
            ) : null
          })}
        </p>
      ) : null}
    </section>
  )
}
