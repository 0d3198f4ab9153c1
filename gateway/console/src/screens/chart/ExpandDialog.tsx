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
import { MOST_ELEMENTS } from './room'
import type { Desk } from './useDesk'

interface Line {
  readonly node: string
  readonly schema: string
  readonly count: number
  /** There are more than `count`, the greatest number that a node tells. */
  readonly over: boolean
  /** It lies around something that is too common to be expanded. */
  readonly common: boolean
}

/** First how much lies around, by node and type, without a record of it; then only what is picked. */
export function ExpandDialog({ desk, handles, onClose }: { desk: Desk; handles: readonly Handle[]; onClose: () => void }) {
  const { t, code } = useTexts()
  const { count } = desk
  const [counted, setCounted] = useState<NetworkReply | null>(null)
  const [left, leave] = useState<ReadonlySet<string>>(new Set())
  const [most, setMost] = useState<string | null>(null)
  const started = useRef(false)
  useEffect(() => {
    if (started.current) return
    started.current = true
    void count(handles).then(setCounted)
  }, [count, handles])
  const lines = linesOf(counted)
  const schemata = [...new Set(lines.filter(({ common }) => !common).map(({ schema }) => schema))]
  const picked = new Set(schemata.filter((each) => !left.has(each)))
  const ticked = lines.filter(({ schema, common }) => !common && picked.has(schema))
  const all = ticked.reduce((sum, { count: number }) => sum + number, 0)
  const go = (wanted: ReadonlySet<string>) => {
    onClose()
    void desk.expand(handles, wanted, most === null ? Infinity : Math.max(1, Number(most) || 1))
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
              {lines.map(({ node, schema, count: number, over, common }) => (
                <tr key={`${node} ${schema} ${common ? 'common' : ''}`}>
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
                  <td className="numeric">{over ? t('chart.expanding.over', { count: number }) : number}</td>
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
          <TextField
            label={t('chart.expanding.most')}
            hint={t('chart.expanding.mostHint', { count: all, most: MOST_ELEMENTS })}
            type="number"
            min={1}
            max={Math.max(1, all)}
            value={most ?? String(all)}
            onChange={setMost}
          />
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
    const common = tooCommon || (counted?.tooCommon.includes(handle) ?? false)
    const key = `${nodeOf(handle)} ${schema} ${String(common)}`
    const before = of.get(key)
    of.set(key, { node: nodeOf(handle), schema, count: (before?.count ?? 0) + count, over: tooCommon || (before?.over ?? false), common })
  }
  return [...of.values()].sort((one, other) => other.count - one.count || one.schema.localeCompare(other.schema))
}
