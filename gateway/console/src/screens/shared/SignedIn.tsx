import type { ResultOf } from 'gql.tada'
import { useRead, useStep } from '../../api/asked'
import { endSessions, openSessions } from '../../generated/documents'
import type { openSessions as texts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import type { Column } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

type Session = ResultOf<typeof texts>['openSessions'][number]

/** Where the person is signed in, or with `everybody` who is at this node; each but the one of now can be ended. */
export function SignedIn({ everybody = false }: { everybody?: boolean }) {
  const { t, code } = useTexts()
  const open = useRead(openSessions, { everybody })
  const [ended, end] = useStep(endSessions)
  const rows = open.data?.openSessions ?? []
  const others = rows.filter(({ current }) => !current)
  const over = async (sessions: readonly Session[]) => {
    if (await end({ ids: sessions.map(({ id }) => id) })) open.again()
  }
  const title = t(everybody ? 'shared.sessions.everybody' : 'shared.sessions.own')
  const who: Column<Session>[] = [
    { key: 'person', title: t('shared.profile.name'), text: ({ name }) => name, show: ({ name, person }) => <Said>{name || person}</Said> },
    { key: 'roles', title: t('shared.profile.roles'), show: ({ roles }) => roles.map((role) => code('role', role)).join(', ') },
  ]
  return (
    <section className="panel" aria-labelledby="sessions">
      <h2 id="sessions">{title}</h2>
      <Failure error={open.error ?? ended.error} />
      <div role="status">
        {ended.data ? <Notice tone="success">{t('shared.sessions.ended', { count: ended.data.endSessions })}</Notice> : null}
      </div>
      <Table
        caption={title}
        rows={rows}
        id={({ id }) => id}
        findable={rows.length > 8}
        columns={[
          ...(everybody ? who : []),
          { key: 'started', title: t('shared.sessions.started'), text: ({ startedAt }) => startedAt, show: ({ startedAt }) => <Time at={startedAt} /> },
          { key: 'used', title: t('shared.sessions.used'), text: ({ usedAt }) => usedAt, show: ({ usedAt }) => <Time at={usedAt} /> },
          { key: 'strength', title: t('shared.sessions.strength'), show: ({ strength }) => (strength ? <Said>{strength}</Said> : t('shared.sessions.untold')) },
          {
            key: 'end',
            title: t('shared.sessions.act'),
            show: (row) =>
              row.current ? (
                <strong>{t('shared.sessions.current')}</strong>
              ) : (
                <Button kind="danger" busy={ended.asking} onClick={() => void over([row])}>
                  {t('shared.sessions.end')}
                </Button>
              ),
          },
        ]}
      />
      {!everybody && others.length > 1 ? (
        <Button kind="danger" busy={ended.asking} onClick={() => void over(others)}>
          {t('shared.sessions.endOthers')}
        </Button>
      ) : null}
    </section>
  )
}
