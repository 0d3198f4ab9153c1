import { useRead } from '../../api/asked'
import { budgets } from '../../generated/documents'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { Budgets } from './Budgets'

/** What partners have spent of a grant's own quota. */
export function GrantUse({ id }: { id: string }) {
  const { t } = useTexts()
  const told = useRead(budgets, { scope: 'GRANT', first: 200 })
  const rows = told.data?.budgets.filter(({ whose }) => whose === id) ?? []
  return (
    <section className="panel" aria-labelledby="use">
      <h2 id="use">{t('liaison.use.title')}</h2>
      <Failure error={told.error} />
      {told.data ? <Budgets rows={rows} /> : null}
    </section>
  )
}
