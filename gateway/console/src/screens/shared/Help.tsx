import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { usePerson } from '../../api/session'
import { Loading } from '../../parts/Loading'
import { Table } from '../../parts/Table'
import { catalogue, useTexts } from '../../shell/texts'
import type { Catalogue } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { KeyList } from './KeyList'

const STATUSES = ['ANSWERED', 'NO_HIT', 'REFUSED', 'OVER_QUOTA', 'TIMED_OUT', 'UNREACHABLE', 'INVALID_ANSWER']
const FOLLOWED = ['vessels', 'containers', 'money'] as const
const KINDS = ['tier', 'handling', 'source', 'information', 'status', 'purpose', 'basis', 'category', 'schema', 'reason'] as const

interface Term {
  readonly kind: (typeof KINDS)[number]
  readonly code: string
  readonly en: string
  readonly fr: string
  readonly sv: string
}

/** What the answers and codes mean, which keys there are, what is recorded of whoever asks. */
export default function Help() {
  const { t, code } = useTexts()
  const analyst = usePerson().roles.includes('analyst')
  useTitle(t('shared.help.title'))
  return (
    <>
      <h1>{t('shared.help.title')}</h1>
      <section className="panel" aria-labelledby="answers">
        <h2 id="answers">{t('shared.help.nodesTitle')}</h2>
        <p>{t('shared.help.nodesText')}</p>
        <dl className="facts">
          {STATUSES.map((each) => (
            <div key={each} className="pair">
              <dt>{code('status', each)}</dt>
              <dd>{code('statusMeans', each)}</dd>
            </div>
          ))}
        </dl>
      </section>
      {analyst ? (
        <section className="panel" aria-labelledby="histories">
          <h2 id="histories">{t('shared.help.historiesTitle')}</h2>
          <p className="prose">{t('shared.help.historiesText')}</p>
          <dl className="facts">
            {FOLLOWED.map((each) => (
              <div key={each} className="pair">
                <dt>
                  <Link to={`/${each}`}>{t(`shared.help.${each}`)}</Link>
                </dt>
                <dd>{t(`shared.help.${each}Text`)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ) : null}
      <section className="panel" aria-labelledby="recorded">
        <h2 id="recorded">{t('shared.help.logTitle')}</h2>
        <p className="prose">{t('shared.help.logText')}</p>
      </section>
      <section className="panel" aria-labelledby="keys">
        <h2 id="keys">{t('shared.keys.title')}</h2>
        <KeyList />
      </section>
      <section aria-labelledby="glossary">
        <h2 id="glossary">{t('shared.help.glossary')}</h2>
        <p>{t('shared.help.glossaryText')}</p>
        <Glossary />
      </section>
      <p>
        {t('shared.help.more')} <Link to="/accessibility">{t('shared.access.title')}</Link>
      </p>
    </>
  )
}

function Glossary() {
  const { t } = useTexts()
  const [terms, setTerms] = useState<readonly Term[] | null>(null)
  useEffect(() => {
    void Promise.all([catalogue('en'), catalogue('fr'), catalogue('sv')]).then(([en, fr, sv]) => {
      setTerms(
        KINDS.flatMap((kind) => {
          const words = (all: Catalogue) => (kind === 'reason' ? all.reason : all.code[kind]) ?? {}
          return Object.entries(words(en)).map(([code, said]) => ({
            kind,
            code,
            en: said,
            fr: words(fr)[code] ?? '',
            sv: words(sv)[code] ?? '',
          }))
        }),
      )
    })
  }, [])
  if (!terms) return <Loading />
  const word = (language: 'en' | 'fr' | 'sv', title: string) => ({
    key: language,
    title,
    text: (term: Term) => term[language],
    show: (term: Term) => <span lang={language}>{term[language]}</span>,
  })
  return (
    <Table
      caption={t('shared.help.glossary')}
      rows={terms}
      id={({ kind, code }) => `${kind} ${code}`}
      findable
      columns={[
        { key: 'kind', title: t('shared.help.kind'), text: ({ kind }) => t(`shared.kind.${kind}`), show: ({ kind }) => t(`shared.kind.${kind}`) },
        { key: 'code', title: t('shared.help.code'), text: ({ code }) => code, show: ({ code }) => <code>{code}</code> },
        word('en', 'English'),
        word('fr', 'Français'),
        word('sv', 'Svenska'),
      ]}
    />
  )
}
