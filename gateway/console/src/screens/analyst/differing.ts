import type { Claim } from '../../api/picture'

/** One property as several records tell it; `null` where a record says nothing of it. */
export interface Row {
  readonly name: string
  readonly values: readonly (string | null)[]
  /** Two records tell it, and not alike. What one does not show is no contradiction. */
  readonly differs: boolean
}

type Told = Pick<Claim, 'record'>

/** Every property of the records, those that contradict each other first. */
export function differing(claims: readonly Told[]): readonly Row[] {
  const names = [...new Set(claims.flatMap(({ record }) => record.properties.map(({ name }) => name)))].sort()
  const rows = names.map((name) => {
    const values = claims.map(({ record }) => {
      const told = record.properties.find((each) => each.name === name)?.values ?? []
      return told.length ? [...told].sort().join(' · ') : null
    })
    return { name, values, differs: new Set(values.filter((each) => each !== null)).size > 1 }
  })
  return rows.sort((one, other) => Number(other.differs) - Number(one.differs))
}
