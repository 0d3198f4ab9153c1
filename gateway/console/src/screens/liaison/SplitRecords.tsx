import { useId, useState } from 'react'
import type { CSSProperties } from 'react'
import { Marks } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { visibleText } from '../../parts/visible'
import { useTexts } from '../../shell/texts'
import { beside } from './seen'
import type { Seen, SeenRecord } from './seen'

interface Props {
  readonly ours: Seen
  readonly theirs: Seen
  /** The partner's answers as they would be sent. */
  readonly answers: readonly string[]
  readonly node: string
}

/** Sample records, ours on the left and what the partner sees on the right; a slider moves the divider. */
export function SplitRecords({ ours, theirs, answers, node }: Props) {
  const { t } = useTexts()
  const [width, setWidth] = useState(50)
  const id = useId()
  const names = [...new Set([...theirs.records, ...ours.records].map((each) => each.id))]
  return (
    <section className="stack" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{t('liaison.preview.samples')}</h3>
      {theirs.contacts.map(({ count, spoc }) => (
        <p key={`${count} ${spoc}`}>
          {t('analyst.card.records', { count })} · {t('analyst.card.contact')}{t('shell.colon')} <Said>{spoc}</Said>
        </p>
      ))}
      {names.length ? (
        <>
          <div className="field divider">
            <label htmlFor={id}>{t('liaison.preview.divider')}</label>
            <input id={id} type="range" min={15} max={85} step={5} value={width} onChange={(event) => setWidth(Number(event.target.value))} />
          </div>
          <ul className="plain beside">
            {names.map((name) => (
              <Pair
                key={name}
                width={width}
                node={node}
                ours={ours.records.find((each) => each.id === name)}
                theirs={theirs.records.find((each) => each.id === name)}
              />
            ))}
          </ul>
        </>
      ) : (
        <p className="empty">{t('liaison.preview.nothing')}</p>
      )}
      {answers.length ? (
        <details>
          <summary>{t('liaison.preview.json')}</summary>
          <pre className="answer" lang="en">
            {answers.map((each) => (
              <Said key={each} longest={20_000}>{`${each}\n`}</Said>
            ))}
          </pre>
        </details>
      ) : null}
    </section>
  )
}

interface PairProps {
  readonly width: number
  readonly node: string
  readonly ours: SeenRecord | undefined
  readonly theirs: SeenRecord | undefined
}

function Pair({ width, node, ours, theirs }: PairProps) {
  const { t, code } = useTexts()
  const record = ours ?? theirs
  if (!record) return null
  return (
    <li className="card">
      <div className="scroll" role="region" aria-label={visibleText(record.caption ?? record.id)} tabIndex={0}>
      <table className="pair" style={{ '--ours-part': String(width / 100) } as CSSProperties}>
        <caption>
          {code('schema', record.schema)}{t('shell.colon')} <Said>{record.caption ?? record.id}</Said> <small>{record.id}</small>{' '}
          <Marks handling={record.handling} /> {theirs ? code('tier', theirs.mode.toLowerCase()) : <strong>{t('liaison.preview.notShown')}</strong>}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('analyst.record.properties')}</th>
            <th scope="col" className="ours">
              {t('liaison.preview.ours')}
            </th>
            <th scope="col">{t('liaison.preview.theirs', { node })}</th>
          </tr>
        </thead>
        <tbody>
          {beside(ours, theirs).map((line) => (
            <tr key={line.name}>
              <th scope="row">
                <Said>{code('property', line.name)}</Said>
              </th>
              <td>
                <Said>{line.ours.join('; ')}</Said>
              </td>
              {line.theirs ? (
                <td>
                  <Said>{line.theirs.join('; ')}</Said>
                </td>
              ) : (
                <td className="hatched">
                  {line.told ? `${t('liaison.preview.withheld')}${t('shell.colon')} ${t('reason.FIELD_MASKED')}` : t('liaison.preview.notShown')}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      </div>
    </li>
  )
}
