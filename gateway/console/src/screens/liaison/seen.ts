/** A record as an answer of the node has it; whatever is not of this form is left out. */
export interface SeenRecord {
  readonly id: string
  readonly schema: string
  readonly caption: string | null
  readonly handling: readonly string[]
  readonly mode: string
  readonly withheld: readonly string[]
  readonly properties: ReadonlyMap<string, readonly string[]>
}

/** What an answer says: records, or only a contact, or only that there is a hit. */
export interface Seen {
  readonly records: readonly SeenRecord[]
  readonly contacts: readonly { readonly count: number; readonly spoc: string }[]
}

type Told = Readonly<Record<string, unknown>>

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])
const texts = (value: unknown): readonly string[] => list(value).filter((each) => typeof each === 'string')

/** The answers of one side of a preview, as they would be sent. */
export function read(answers: readonly string[]): Seen {
  const told = answers.map((each) => JSON.parse(each) as unknown).filter(isTold)
  return {
    records: told.flatMap(({ records }) => list(records).filter(isTold).map(recordOf)),
    contacts: told.flatMap(({ contact }) =>
      isTold(contact) ? [{ count: typeof contact['count'] === 'number' ? contact['count'] : 0, spoc: text(contact['spoc']) ?? '' }] : [],
    ),
  }
}

function recordOf(told: Told): SeenRecord {
  const properties = list(told['properties'])
    .filter(isTold)
    .map((each) => [text(each['name']) ?? '', texts(each['values'])] as const)
  return {
    id: text(told['id']) ?? '',
    schema: text(told['schema']) ?? '',
    caption: text(told['caption']),
    handling: texts(told['handling']),
    mode: text(told['mode']) ?? 'none',
    withheld: texts(told['masked']),
    properties: new Map(properties),
  }
}

/** One property on both sides: `theirs` is null where the partner does not see it. */
export interface Line {
  readonly name: string
  readonly ours: readonly string[]
  readonly theirs: readonly string[] | null
  /** The partner is told that the property is withheld. */
  readonly told: boolean
}

/** Our record beside what the partner sees of it, property by property, in the order of the names. */
export function beside(ours: SeenRecord | undefined, theirs: SeenRecord | undefined): readonly Line[] {
  const names = new Set([...(ours?.properties.keys() ?? []), ...(theirs?.properties.keys() ?? []), ...(theirs?.withheld ?? [])])
  return [...names]
    .filter((name) => name !== '*')
    .sort()
    .map((name) => ({
      name,
      ours: ours?.properties.get(name) ?? [],
      theirs: theirs?.properties.get(name) ?? null,
      told: theirs?.withheld.includes(name) ?? false,
    }))
}

interface Count {
  readonly schema: string
  readonly tier: string
  readonly records: number
}

export interface CountLine {
  readonly schema: string
  readonly ours: number
  readonly theirs: readonly Count[]
  /** Records of ours that the partner is not shown in any way. */
  readonly fallOut: number
}

/** Our number of records of each kind beside what the partner sees of them. */
export function counted(ours: readonly Count[], theirs: readonly Count[]): readonly CountLine[] {
  const schemata = [...new Set([...ours, ...theirs].map(({ schema }) => schema))].sort()
  const sum = (counts: readonly Count[]) => counts.reduce((total, { records }) => total + records, 0)
  return schemata.map((schema) => {
    const mine = sum(ours.filter((each) => each.schema === schema))
    const seen = theirs.filter((each) => each.schema === schema)
    return { schema, ours: mine, theirs: seen, fallOut: Math.max(0, mine - sum(seen)) }
  })
}
