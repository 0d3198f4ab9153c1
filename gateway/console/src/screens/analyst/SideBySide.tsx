import { useState } from 'react'
import type { Claim, Picture } from '../../api/picture'
import { Button } from '../../parts/Button'
import { Marks, NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { useReadable } from '../../parts/useReadable'
import { useTexts } from '../../shell/texts'
import { differing } from './differing'

/** Records of different nodes that share an identifier: proposed as the same, and compared where somebody asks. */
export function SideBySide({ picture }: { picture: Picture }) {
  const { t, code } = useTexts()
  const [open, setOpen] = useState<string | null>(null)
  if (!picture.candidates.length) return null
  return (
    <section className="panel" aria-labelledby="shared">
      <h2 id="shared">{t('analyst.search.same')}</h2>
      <ul className="bare">
        {picture.candidates.map((each) => {
          const key = `${each.kind} ${each.normal}`
          const claims = picture.claims.filter(({ handle }) => each.handles.includes(handle))
          return (
            <li key={key}>
              <p className="actions">
                <span>
                  {code('identifierKind', each.kind)} <Said>{each.normal}</Said>: <Said>{each.handles.join(', ')}</Said>
                </span>
                <Button pressed={open === key} label={`${t('analyst.compare.open')}: ${each.normal}`} onClick={() => setOpen(open === key ? null : key)}>
                  {t('analyst.compare.open')}
                </Button>
              </p>
              {open === key ? <Compared claims={claims} caption={`${code('identifierKind', each.kind)} ${each.normal}`} /> : null}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** What each record says of each property; nothing is decided, and what differs is named. */
function Compared({ claims, caption }: { claims: readonly Claim[]; caption: string }) {
  const { t, code } = useTexts()
  const readable = useReadable()
  return (
    <div className="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('analyst.record.properties')}</th>
            {claims.map(({ handle, node, record }) => (
              <th key={handle} scope="col">
                <NodeBadge node={node} /> <Said>{record.caption ?? handle}</Said> <Marks {...record} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing(claims).map(({ name, values, differs }) => (
            <tr key={name} className={differs ? 'differs' : undefined}>
              <th scope="row">
                {code('property', name)} {differs ? <strong>{t('analyst.compare.differs')}</strong> : null}
              </th>
              {values.map((value, place) => (
                <td key={claims[place]?.handle ?? place}>
                  <Said>{value === null ? null : value.split(' · ').map((each) => readable(name, each)).join(' · ')}</Said>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
