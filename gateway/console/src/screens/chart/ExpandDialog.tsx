import { useEffect, useRef, useState } from 'react'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { CheckField, TextField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import type { NetworkReply } from './contents'
import { nodeOf } from './contents'
import type { Handle } from './model'
import type { Desk } from './useDesk'

interface Line {
  readonly node: string
  readonly schema: string
  readonly count: number
  readonly common: boolean
}

/** First how much lies around, by node and type, without a record of it; then only what is picked. */
export function ExpandDialog({ desk, handles, onClose }: { desk: Desk; handles: readonly Handle[]; onClose: () => void }) {
  const { t, code } = useTexts()
  const { count } = desk
  const [counted, setCounted] = useState<NetworkReply | null>(null)
  const [left, leave] = useState<ReadonlySet<string>>(new Set())
  const [most, setMost] = useState('100')
  const started = useRef(false)
  useEffect(() => {
    if (started.current) return
    started.current = true
    void count(handles).then(setCounted)
  }, [count, handles])
  const lines = linesOf(counted)
  const schemata = [...new Set(lines.filter(({ common }) => !common).map(({ schema }) => schema))]
  const picked = new Set(schemata.filter((each) => !left.has(each)))
  const go = (wanted: ReadonlySet<string>) => {
    onClose()
    void desk.expand(handles, wanted, Math.max(1, Number(most) || 1))
  }
  const silent = counted?.nodes.filter(({ status }) => status !== 'ANSWERED' && status !== 'NO_HIT') ?? []
  return (
    <Dialog open title={t('chart.expanding.title', { count: handles.length })} onClose={onClose}>
      <p>{t('chart.expanding.text')}</p>
      <Failure error={desk.asked.error} />
      {desk.asked.asking && !counted ? <Loading /> : null}
      {silent.map(({ node, status }) => (
        <Notice key={node} tone="warning">
          {node}: {code('status', status)}. {code('statusMeans', status)}
        </Notice>
      ))}
      {counted && !lines.length ? <p className="empty">{t('chart.expanding.nothing')}</p> : null}
      {lines.length ? (
        <>
          <table>
            <caption>{t('chart.expanding.counts')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('chart.column.type')}</th>
                <th scope="col">{t('chart.column.owner')}</th>
                <th scope="col" className="numeric">
                  {t('chart.column.count')}
                </th>
                <th scope="col">
                  <span className="unseen">{t('chart.expanding.only')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ node, schema, count: number, common }) => (
                <tr key={`${node} ${schema}`}>
                  <td>
                    {common ? (
                      code('schema', schema)
                    ) : (
                      <CheckField
                        label={code('schema', schema)}
                        checked={!left.has(schema)}
                        onChange={(on) => leave(new Set(on ? [...left].filter((each) => each !== schema) : [...left, schema]))}
                      />
                    )}
                  </td>
                  <td>
                    <NodeBadge node={node} />
                  </td>
                  <td className="numeric">{number}</td>
                  <td>
                    {common ? (
                      t('chart.expanding.common')
                    ) : (
                      <Button label={t('chart.expanding.onlyThis', { what: code('schema', schema) })} onClick={() => go(new Set([schema]))}>
                        {t('chart.expanding.only')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <TextField label={t('chart.expanding.most')} type="number" min={1} max={1000} value={most} onChange={setMost} />
          <p className="actions">
            <Button kind="primary" disabled={!picked.size} onClick={() => go(picked)}>
              {t('chart.expanding.go')}
            </Button>
            <Button onClick={onClose}>{t('shell.cancel')}</Button>
          </p>
        </>
      ) : null}
    </Dialog>
  )
}

function linesOf(counted: NetworkReply | null): readonly Line[] {
  const of = new Map<string, Line>()
  for (const { handle, schema, count, tooCommon } of counted?.counts ?? []) {
    const key = `${nodeOf(handle)} ${schema}`
    const before = of.get(key)
    const common = counted?.tooCommon.includes(handle) ?? false
    of.set(key, { node: nodeOf(handle), schema, count: (before?.count ?? 0) + count, common: tooCommon || common || (before?.common ?? false) })
  }
  return [...of.values()].sort((one, other) => other.count - one.count || one.schema.localeCompare(other.schema))
}
