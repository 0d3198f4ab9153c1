import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { useStep } from '../../api/asked'
import type { Category } from '../../api/vocabulary'
import { categorisePerson, quarantine } from '../../generated/documents'
import type { quarantine as texts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { SelectField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { Why, useWhy } from '../../parts/Why'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

type Person = ResultOf<typeof texts>['quarantine'][number]

const PAGE = 100
const CATEGORIES = [
  'SUSPECT_OR_CONVICTED',
  'LIKELY_OFFENDER',
  'WITNESS',
  'VICTIM',
  'CONTACT_OR_ASSOCIATE',
  'INFORMANT',
] as const satisfies readonly Category[]

/** Persons whom nobody outside sees because no category was said; where to find each, and the category to give. */
export default function Quarantine() {
  const { t, code } = useTexts()
  const why = useWhy()
  const [rows, keep] = useState<readonly Person[]>([])
  const [chosen, choose] = useState<Person | null>(null)
  const [done, say] = useState('')
  const [asked, look] = useStep(quarantine)
  useTitle(t('admin.quarantine.title'))
  const more = async (after: string) => {
    const told = await look({ justification: why, after, first: PAGE })
    if (told) keep(after ? [...rows, ...told.quarantine] : told.quarantine)
  }
  const last = asked.data?.quarantine
  return (
    <>
      <h1>{t('admin.quarantine.title')}</h1>
      <p className="prose">{t('admin.quarantine.text')}</p>
      <Why />
      <p className="actions">
        <Button kind="primary" busy={asked.asking} disabled={!why} onClick={() => void more('')}>
          {t('admin.quarantine.show')}
        </Button>
        {why ? null : <small>{t('oversight.why.needed')}</small>}
      </p>
      <Failure error={asked.error} />
      <div role="status">{done ? <Notice tone="success">{done}</Notice> : null}</div>
      {last ? (
        <Table
          caption={t('admin.quarantine.list')}
          rows={rows}
          id={({ id }) => id}
          empty={t('admin.quarantine.none')}
          findable={rows.length > 8}
          columns={[
            { key: 'id', title: t('admin.quarantine.record'), text: ({ id }) => id, show: ({ id }) => <Said>{id}</Said> },
            { key: 'schema', title: t('admin.retention.kind'), text: ({ schema }) => code('schema', schema), show: ({ schema }) => code('schema', schema) },
            { key: 'dataset', title: t('admin.quarantine.dataset'), text: ({ dataset }) => dataset, show: ({ dataset }) => <Said>{dataset}</Said> },
            {
              key: 'where',
              title: t('admin.quarantine.where'),
              text: ({ load, line }) => load * 1e9 + line,
              show: ({ file, load, line }) => (
                <>
                  {file ? <Said>{file}</Said> : t('admin.quarantine.load', { number: load })}, {t('admin.quarantine.line', { line })}
                </>
              ),
            },
            { key: 'since', title: t('admin.quarantine.since'), text: ({ recordedAt }) => recordedAt, show: ({ recordedAt }) => <Time at={recordedAt} /> },
            {
              key: 'act',
              title: t('admin.quarantine.category'),
              show: (row) => <Button onClick={() => choose(row)}>{t('admin.quarantine.give')}</Button>,
            },
          ]}
        />
      ) : null}
      {last?.length === PAGE ? (
        <Button busy={asked.asking} onClick={() => void more(last[PAGE - 1]?.id ?? '')}>
          {t('shell.more')}
        </Button>
      ) : null}
      {chosen ? (
        <Give
          person={chosen}
          why={why}
          onGiven={(category) => {
            keep(rows.filter(({ id }) => id !== chosen.id))
            say(t('admin.quarantine.given', { record: chosen.id, category: code('category', category) }))
            choose(null)
          }}
          onClose={() => choose(null)}
        />
      ) : null}
    </>
  )
}

interface GiveProps {
  readonly person: Person
  readonly why: string
  readonly onGiven: (category: Category) => void
  readonly onClose: () => void
}

/** The category that the service decided on; nothing is chosen beforehand. */
function Give({ person, why, onGiven, onClose }: GiveProps) {
  const { t, code } = useTexts()
  const [category, choose] = useState<Category | ''>('')
  const [given, give] = useStep(categorisePerson)
  const settle = async () => {
    if (!category) return
    if (await give({ id: person.id, version: person.version, category, justification: why })) onGiven(category)
  }
  return (
    <Dialog open title={t('admin.quarantine.giveTitle', { record: person.id })} onClose={onClose}>
      <p>{t('admin.quarantine.giveText')}</p>
      <SelectField
        label={t('admin.quarantine.category')}
        value={category}
        options={[
          { value: '' as const, label: t('admin.quarantine.choose') },
          ...CATEGORIES.map((each) => ({ value: each, label: code('category', each) })),
        ]}
        onChange={choose}
      />
      <p>
        {t('oversight.why.label')}{t('shell.colon')} <Said>{why}</Said>
      </p>
      <Failure error={given.error} />
      <p className="actions">
        <Button kind="primary" busy={given.asking} disabled={!category || !why} onClick={() => void settle()}>
          {t('admin.quarantine.giveDo')}
        </Button>
        <Button onClick={onClose}>{t('admin.quarantine.leave')}</Button>
      </p>
    </Dialog>
  )
}
