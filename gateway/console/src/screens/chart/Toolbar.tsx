import { Link } from 'react-router'
import { Button } from '../../parts/Button'
import { pastOfRecords } from '../../parts/past'
import { useTexts } from '../../shell/texts'
import { Drop } from './Drop'
import { FORMS } from './ExportDialog'
import type { Form } from './ExportDialog'
import { LAYOUTS } from './layout'
import { dismissed, keptOnly, neighbours, pinned, sizedByLinks } from './model'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'

/** What the toolbar and the keys can start. */
export type Command =
  | 'undo' | 'redo' | 'expand' | 'collapse' | 'path' | 'dismiss' | 'group' | 'fit' | 'fitChosen' | 'inspect' | 'keys' | 'table'
  | Form

interface Props {
  readonly id: string
  readonly desk: Desk
  readonly chosen: Chosen
  readonly run: (command: Command) => void
}

/** Every command as a button with a text; those that need a selection say so by being off. */
export function Toolbar({ id, desk, chosen, run }: Props) {
  const { t } = useTexts()
  const { chart, steps, act, view } = desk
  const none = chosen.handles.length === 0
  const last = steps.past.at(-1)
  const next = steps.future[0]
  const allPinned = !none && chosen.handles.every((each) => chart.items.get(each)?.pinned)
  const others = view.nodes.filter(({ id }) => !chosen.ids.has(id))
  const related = neighbours(chart, chosen.handles)
  return (
    <div className="actions chart-tools" role="group" aria-label={t('chart.tools')}>
      <Button disabled={!last} onClick={() => run('undo')}>
        {last ? t('chart.undoStep', { step: t(`chart.step.${last.name}`) }) : t('chart.undo')}
      </Button>
      <Button disabled={!next} onClick={() => run('redo')}>
        {next ? t('chart.redoStep', { step: t(`chart.step.${next.name}`) }) : t('chart.redo')}
      </Button>
      <Button kind="primary" disabled={none} onClick={() => run('expand')}>
        {t('chart.expand')}
      </Button>
      <Button disabled={none} onClick={() => run('collapse')}>
        {t('chart.collapse')}
      </Button>
      <Button disabled={chosen.handles.length !== 2} busy={desk.asked.asking} onClick={() => run('path')}>
        {t('chart.path')}
      </Button>
      <Button
        disabled={none}
        pressed={allPinned}
        onClick={() => act(allPinned ? 'unpin' : 'pin', (before) => pinned(before, chosen.handles, !allPinned))}
      >
        {t('chart.pin')}
      </Button>
      <Button disabled={none} onClick={() => run('dismiss')}>
        {t('chart.dismiss')}
      </Button>
      <Drop label={t('chart.select')}>
        <Button onClick={() => chosen.choose(view.nodes.map(({ id }) => id))}>{t('chart.selectAll')}</Button>
        <Button disabled={none} onClick={() => chosen.choose(others.map(({ id }) => id))}>
          {t('chart.invert')}
        </Button>
        <Button
          disabled={none}
          onClick={() => chosen.choose(view.nodes.filter(({ handles }) => handles.some((each) => related.has(each))).map(({ id }) => id), true)}
        >
          {t('chart.related')}
        </Button>
        <Button disabled={!view.nodes.some(({ fresh }) => fresh)} onClick={() => chosen.choose(view.nodes.filter(({ fresh }) => fresh).map(({ id }) => id))}>
          {t('chart.selectFresh')}
        </Button>
        <Button onClick={() => chosen.choose(view.nodes.filter(({ links }) => links >= 3).map(({ id }) => id))}>{t('chart.hubs')}</Button>
      </Drop>
      <Drop label={t('chart.arrange')}>
        {LAYOUTS.map((each) => (
          <Button key={each} disabled={!chart.items.size} onClick={() => void desk.arrange(each).then(() => run('fit'))}>
            {t(`chart.layout.${each}`)}
          </Button>
        ))}
        <Button onClick={() => run('fit')}>{t('chart.fit')}</Button>
        <Button disabled={none} onClick={() => run('fitChosen')}>
          {t('chart.fitChosen')}
        </Button>
      </Drop>
      <Drop label={t('chart.more')}>
        <Button disabled={none} onClick={() => run('group')}>
          {t('chart.group')}
        </Button>
        <Button disabled={none} onClick={() => act('dismiss', (before) => keptOnly(before, chosen.handles))}>
          {t('chart.keepOnly')}
        </Button>
        <Button pressed={chart.sized} onClick={() => act('size', (before) => sizedByLinks(before, !before.sized))}>
          {t('chart.size')}
        </Button>
        <Button disabled={!chart.items.size} onClick={() => void desk.again(true)}>
          {t('chart.measure')}
        </Button>
        <Button disabled={!chart.items.size} onClick={() => void desk.again(false)}>
          {t('chart.again')}
        </Button>
        <Button disabled={!chart.items.size} onClick={() => act('dismiss', (before) => dismissed(before, before.items.keys()))}>
          {t('chart.clear')}
        </Button>
        <Button onClick={() => run('keys')}>{t('chart.keys.title')}</Button>
      </Drop>
      <Drop label={t('chart.export.menu')}>
        {FORMS.map((each) => (
          <Button key={each} disabled={!view.nodes.length} onClick={() => run(each)}>
            {t(`chart.export.${each}`)}
          </Button>
        ))}
      </Drop>
      {view.nodes.length ? (
        <Link className="button" to={`/chart/${id}/report`}>
          {t('chart.report.make')}
        </Link>
      ) : null}
      {view.nodes.length ? (
        <Link className="button" to={pastOfRecords(none ? [...chart.items.keys()] : chosen.handles)}>
          {t('chronicle.menu')}
        </Link>
      ) : null}
    </div>
  )
}
