import type { ResultOf } from 'gql.tada'
import type { policySimulation } from '../generated/texts'
import { useTexts } from '../shell/texts'
import { outcomeOf } from './outcome'
import { Said } from './Said'
import { Table } from './Table'

type Whole = NonNullable<ResultOf<typeof policySimulation>['policySimulation']['replay']>
type Change = Omit<Whole['changes'][number], 'queryIds'>
export type Replayed = Omit<Whole, 'changes'> & { readonly changes: readonly Change[] }

/** Which real questions would have ended otherwise, by outcome, rule and grant; what could not be tried is said. */
export function Replay({ replay, caption }: { replay: Replayed; caption: string }) {
  const { t, code } = useTexts()
  const outcome = useOutcome()
  return (
    <>
      <p>
        {t('liaison.preview.replayed', { count: replay.replayed })} ·{' '}
        <strong>{t('liaison.preview.changedSo', { count: replay.changed })}</strong>
      </p>
      {replay.changes.length ? (
        <Table
          caption={caption}
          rows={replay.changes}
          id={({ was, would }) => `${was} ${would}`}
          columns={[
            { key: 'was', title: t('liaison.preview.was'), text: ({ was }) => outcome(was), show: ({ was }) => outcome(was) },
            { key: 'would', title: t('liaison.preview.would'), text: ({ would }) => outcome(would), show: ({ would }) => outcome(would) },
            { key: 'questions', title: t('liaison.preview.questions'), numeric: true, text: ({ questions }) => questions, show: ({ questions }) => questions },
          ]}
        />
      ) : null}
      <Counted caption={t('admin.simulation.rules')} rows={replay.rules} />
      <Counted caption={t('admin.simulation.grants')} rows={replay.grants} />
      <Counted caption={t('admin.simulation.notReplayable')} rows={replay.notReplayable} show={(name) => code('notReplayable', name)} />
      <Counted caption={t('admin.simulation.unlike')} rows={replay.unlikeLogged} show={(name) => code('unlikeLogged', name)} />
    </>
  )
}

interface CountedProps {
  readonly caption: string
  readonly rows: Replayed['rules']
  readonly show?: (name: string) => string
}

function Counted({ caption, rows, show = (name) => name }: CountedProps) {
  const { t } = useTexts()
  if (!rows.length) return null
  return (
    <Table
      caption={caption}
      rows={rows}
      id={({ name }) => name}
      columns={[
        { key: 'name', title: t('admin.node.name'), text: ({ name }) => show(name), show: ({ name }) => <Said>{show(name)}</Said> },
        { key: 'questions', title: t('liaison.preview.questions'), numeric: true, text: ({ questions }) => questions, show: ({ questions }) => questions },
      ]}
    />
  )
}

/** How a question ended or would have ended, in words: what is shown, or why it is refused. */
export function useOutcome(): (told: string) => string {
  const { t, code } = useTexts()
  return (told) => {
    const { tier, reasons, other } = outcomeOf(told)
    if (tier === null) {
      const why = reasons.map((each) => t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each }))
      return t('admin.simulation.refused', { why: why.join('; ') })
    }
    return other ? t('admin.simulation.other', { tier: code('tier', tier) }) : code('tier', tier)
  }
}
