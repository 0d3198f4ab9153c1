import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { useTexts } from '../../shell/texts'
import { nodeOf, schemaOf } from './contents'
import { kindOf, pathOf } from './kinds'
import { spanned, typeHidden } from './model'
import { TextField } from '../../parts/Field'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'

/** What is on the chart: types and owners with their numbers, which are the legend as well; and the time filter. */
export function Facets({ desk, chosen }: { desk: Desk; chosen: Chosen }) {
  const { t, code } = useTexts()
  const { chart, contents, view, act } = desk
  const types = counted([...chart.items.keys()].map((each) => schemaOf(contents, each)))
  const owners = counted([...chart.items.keys()].map(nodeOf))
  const ids = (wanted: (handle: string) => boolean) => view.nodes.filter(({ handles }) => handles.some(wanted)).map(({ id }) => id)
  return (
    <section className="panel" aria-labelledby="chart-facets">
      <h2 id="chart-facets">{t('chart.on')}</h2>
      <p>{t('chart.size_', { records: chart.items.size, links: chart.links.size })}</p>
      {view.hiddenByType + view.hiddenByTime ? (
        <p role="status">{t('chart.hiddenNow', { type: view.hiddenByType, time: view.hiddenByTime })}</p>
      ) : null}
      <ul className="plain">
        {types.map(([schema, count]) => {
          const { sign, family } = kindOf(schema)
          const what = schema ? code('schema', schema) : t('chart.notShown')
          return (
            <li key={schema} className="chart-facet">
              <svg viewBox="-6 -6 32 32" width="26" height="26" aria-hidden="true" className={`family-${family}`}>
                <circle cx="10" cy="10" r="15" />
                <path d={pathOf(sign)} />
              </svg>
              <span className="grow">
                {what} <small>{count}</small>
              </span>
              <Button label={t('chart.selectOf', { what })} onClick={() => chosen.choose(ids((each) => schemaOf(contents, each) === schema))}>
                {t('chart.selectShort')}
              </Button>
              <Button
                label={t('chart.hideOf', { what })}
                pressed={chart.hidden.has(schema)}
                onClick={() => act(chart.hidden.has(schema) ? 'show' : 'hide', (before) => typeHidden(before, schema, !before.hidden.has(schema)))}
              >
                {t('chart.hide')}
              </Button>
            </li>
          )
        })}
      </ul>
      <ul className="plain">
        {owners.map(([node, count]) => (
          <li key={node} className="chart-facet">
            <NodeBadge node={node} />
            <span className="grow">
              {node} <small>{count}</small>
            </span>
            <Button label={t('chart.selectOf', { what: node })} onClick={() => chosen.choose(ids((each) => nodeOf(each) === node))}>
              {t('chart.selectShort')}
            </Button>
          </li>
        ))}
      </ul>
      <p>
        <small>{t('chart.rings')}</small>
      </p>
      <h3>{t('chart.time')}</h3>
      <div className="form row">
        <TextField
          label={t('chart.from')}
          type="date"
          value={chart.span.from}
          onChange={(from) => act('span', (before) => spanned(before, { ...before.span, from }))}
        />
        <TextField
          label={t('chart.until')}
          type="date"
          value={chart.span.until}
          onChange={(until) => act('span', (before) => spanned(before, { ...before.span, until }))}
        />
      </div>
      <Button
        disabled={!chart.span.from && !chart.span.until}
        onClick={() => act('span', (before) => spanned(before, { from: '', until: '' }))}
      >
        {t('chart.allTime')}
      </Button>
    </section>
  )
}

function counted(values: readonly string[]): readonly (readonly [string, number])[] {
  const of = new Map<string, number>()
  for (const each of values) of.set(each, (of.get(each) ?? 0) + 1)
  return [...of].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]))
}
