import { Link } from 'react-router'
import { useRead } from '../../api/asked'
import { usePerson } from '../../api/session'
import { apiLanguage } from '../../api/vocabulary'
import { alerts, myRequests, partners } from '../../generated/documents'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useMuted } from '../cases/muted'
import { MandateBar } from './MandateBar'
import { RecentSearches } from './RecentSearches'

/** What is new for an analyst. */
export default function Home() {
  const { t, code, language } = useTexts()
  const person = usePerson()
  const api = apiLanguage(language)
  const told = useRead(alerts, { state: 'NEW', language: api })
  const asked = useRead(myRequests, { language: api })
  const known = useRead(partners, {})
  const quiet = useMuted()
  const news = told.data?.alerts.filter((each) => !each.statements.some(({ source }) => quiet.includes(source)))
  return (
    <>
      <h1>{t('analyst.home.title', { name: person.name })}</h1>
      <MandateBar />
      <p className="actions">
        <Link className="button primary" to="/search">
          {t('analyst.home.start')}
        </Link>
        <Link className="button" to="/tour">
          {t('shared.menu.tour')}
        </Link>
      </p>
      <RecentSearches />
      <div className="split">
        <section className="panel" aria-labelledby="alerts">
          <h2 id="alerts">{t('analyst.home.alerts')}</h2>
          <Failure error={told.error} />
          {news?.length ? (
            <ul>
              {news.map((each) => (
                <li key={each.id}>
                  <Link to={`/alerts?id=${encodeURIComponent(each.id)}`}>
                    <Said>{each.sentence}</Said>
                  </Link>{' '}
                  <small>
                    <Time at={each.at} />
                  </small>
                </li>
              ))}
            </ul>
          ) : (
            <p className="empty">{t('cases.alerts.none')}</p>
          )}
        </section>
        <section className="panel" aria-labelledby="nodes">
          <h2 id="nodes">{t('analyst.home.nodes')}</h2>
          <ul className="bare">
            {known.data?.partners.map((each) => (
              <li key={each.id}>
                <NodeBadge node={each.id} /> {each.name}
              </li>
            ))}
          </ul>
          <h2>{t('analyst.home.answers')}</h2>
          <ul className="bare">
            {asked.data?.myRequests.slice(0, 8).map((each) => (
              <li key={each.id}>
                <Link to="/requests">
                  {each.node}: {code('itemState', each.state)}
                </Link>{' '}
                <small>
                  <Time at={each.dueAt} />
                </small>
              </li>
            ))}
          </ul>
          {asked.data?.myRequests.length === 0 ? <p className="empty">{t('analyst.requests.none')}</p> : null}
        </section>
      </div>
    </>
  )
}
