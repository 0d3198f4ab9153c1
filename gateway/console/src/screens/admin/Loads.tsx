import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { loads, turnedAway } from '../../generated/documents'
import type { loads as texts, turnedAway as rowTexts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { Why, useWhy } from '../../parts/Why'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

type Load = ResultOf<typeof texts>['loads'][number]
type Row = ResultOf<typeof rowTexts>['turnedAway'][number]

const PAGE = 100

/** What was loaded, in counts; the address says of which load the turned away rows are shown. */
export default function Loads() {
  const { t } = useTexts()
  const [address] = useSearchParams()
  const told = useRead(loads, { first: 200 })
  useTitle(t('admin.loads.title'))
  const rows = told.data?.loads
  const open = rows?.find(({ number }) => String(number) === address.get('load'))
  return (
    <>
      <h1>{t('admin.loads.title')}</h1>
      <p className="prose">{t('admin.loads.text')}</p>
      <Failure error={told.error} />
      {told.asking && !rows ? <Loading /> : null}
      {rows ? (
        <Table
          caption={t('admin.loads.list')}
          rows={rows}
          id={({ number }) => String(number)}
          empty={t('admin.loads.none')}
          findable={rows.length > 8}
          columns={[
            { key: 'number', title: t('admin.loads.number'), numeric: true, text: ({ number }) => number, show: ({ number }) => number },
            { key: 'file', title: t('admin.loads.file'), text: ({ file, digest }) => file || digest, show: (load) => <File load={load} /> },
            {
              key: 'ended',
              title: t('admin.loads.ended'),
              text: ({ finishedAt }) => finishedAt ?? '',
              show: ({ finishedAt }) => (finishedAt ? <Time at={finishedAt} /> : <strong>{t('admin.loads.cut')}</strong>),
            },
            { key: 'loaded', title: t('admin.loads.loaded'), numeric: true, text: ({ loaded }) => loaded, show: ({ loaded }) => loaded },
            { key: 'altered', title: t('admin.loads.altered'), numeric: true, text: ({ altered }) => altered, show: ({ altered }) => altered },
            { key: 'unchanged', title: t('admin.loads.unchanged'), numeric: true, text: ({ unchanged }) => unchanged, show: ({ unchanged }) => unchanged },
            { key: 'quarantined', title: t('admin.loads.quarantined'), numeric: true, text: ({ quarantined }) => quarantined, show: ({ quarantined }) => quarantined },
            {
              key: 'rejected',
              title: t('admin.loads.rejected'),
              numeric: true,
              text: ({ rejected }) => rejected,
              show: ({ number, rejected }) => (
                <Link to={`/loads?load=${number}`} aria-label={t('admin.loads.see', { number, count: rejected })}>
                  {rejected}
                </Link>
              ),
            },
          ]}
        />
      ) : null}
      {open ? <TurnedAway key={open.number} load={open} /> : null}
    </>
  )
}

/** The file's name; a load from before names were kept is told by its digest. */
function File({ load: { file, digest } }: { load: Load }) {
  const { t } = useTexts()
  if (file) return <Said>{file}</Said>
  return (
    <span title={digest}>
      {t('admin.loads.unnamed')} <code>{digest.slice('sha256:'.length, 'sha256:'.length + 12)}</code>
    </span>
  )
}

/** Line by line why something was not taken, both sides of it; nothing is read before a reason is given. */
function TurnedAway({ load }: { load: Load }) {
  const { t } = useTexts()
  const why = useWhy()
  const [rows, keep] = useState<readonly Row[]>([])
  const [asked, look] = useStep(turnedAway)
  const more = async (after: string) => {
    const told = await look({ load: load.number, justification: why, after, first: PAGE })
    if (told) keep(after ? [...rows, ...told.turnedAway] : told.turnedAway)
  }
  const last = asked.data?.turnedAway
  return (
    <section className="panel" aria-labelledby="turned">
      <h2 id="turned">{t('admin.loads.turned', { number: load.number })}</h2>
      <p>{t('admin.loads.turnedText')}</p>
      <Why />
      <p className="actions">
        <Button kind="primary" busy={asked.asking} disabled={!why} onClick={() => void more('')}>
          {t('admin.loads.show')}
        </Button>
        {why ? null : <small>{t('oversight.why.needed')}</small>}
      </p>
      <Failure error={asked.error} />
      {last ? (
        <Table
          caption={t('admin.loads.turned', { number: load.number })}
          rows={rows}
          id={({ place }) => place}
          empty={t('admin.loads.nothing')}
          findable={rows.length > 20}
          columns={[
            { key: 'line', title: t('admin.loads.line'), numeric: true, text: ({ line }) => line, show: ({ line }) => line },
            { key: 'field', title: t('admin.loads.field'), text: ({ field }) => field, show: ({ field }) => <Said>{field}</Said> },
            { key: 'code', title: t('admin.loads.what'), text: (row) => row.code, show: (row) => <Reject code={row.code} /> },
            { key: 'reason', title: t('admin.loads.sides'), text: ({ reason }) => reason, show: ({ reason }) => <Said lang="en">{reason}</Said> },
            {
              key: 'kept',
              title: t('admin.loads.taken'),
              text: ({ kept }) => (kept ? 1 : 0),
              show: ({ kept }) => t(kept ? 'admin.loads.kept' : 'admin.loads.left'),
            },
          ]}
        />
      ) : null}
      {last?.length === PAGE ? (
        <Button busy={asked.asking} onClick={() => void more(last[PAGE - 1]?.place ?? '')}>
          {t('shell.more')}
        </Button>
      ) : null}
    </section>
  )
}

/** What a code of the cleaning means, in words; the code stays beside them for those who look it up. */
function Reject({ code: told }: { code: string }) {
  const { code } = useTexts()
  const words = code('reject', told)
  return (
    <>
      {words === told ? null : words} <small>{told}</small>
    </>
  )
}
