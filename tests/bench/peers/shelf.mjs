// The shelf as mercurius serves it: rows by `pg`, relations by loaders, queries compiled by graphql-jit.
// node shelf.mjs PORT DATABASE_URL [FEDERATED_FIELD]
import { createRequire } from 'node:module'

const require = createRequire(`${process.env.BENCH_MODULES}/`)
const fastify = require('fastify')
const pg = require('pg')

const [port, url, field] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url, max: 8 })
const query = (name, text, values) => pool.query({ name, text, values }).then(({ rows }) => rows)

const RECORDS = `select r.*, r.subject_category as "subjectCategory", r.case_ref as "caseRef",
  r.handling_text as "handlingText", r.source_evaluation as "source", r.information_evaluation as "information",
  r.recorded_at as "recordedAt" from record r`
const types = `
  type Property { name: String! values: [String!]! }
  type IdentifierValue { kind: String! normal: String! original: String! }
  type Record {
    id: ID! schema: String! caption: String dataset: String! caseRef: String owner: String! subjectCategory: String!
    handling: [String!]! handlingText: String source: String! information: String! tlp: String! assessment: String!
    version: Int! recordedAt: String! authority: String
    properties: [Property!]! identifiers: [IdentifierValue!]! edges: [Record!]! ends: [Record!]!
  }
  type Answer { hit: Boolean! more: Boolean! records: [Record!]! }`
const answer = (rows, first) => ({ hit: rows.length > 0, more: rows.length > first, records: rows.slice(0, first) })
const lookup = async (_, { value, kind, first }) => answer(await query('lookup',
  `${RECORDS} where r.row in (select record_row from identifier where normal = $1 and kind = $2) order by r.id limit $3`,
  [value, kind, first + 1]), first)
const resolvers = {
  Query: {
    [field ?? 'lookup']: lookup,
    search: async (_, { text, first }) => answer(await query('search',
      `${RECORDS} join bench_search($1, $2) with ordinality s(row, place) on s.row = r.row order by s.place`,
      [text, first + 1]), first),
    record: async (_, { id }) => (await query('record', `${RECORDS} where r.id = $1`, [id]))[0],
  },
  Record: {
    handling: (row) => JSON.parse(row.handling),
    properties: (row) => JSON.parse(row.properties),
    identifiers: (row) => JSON.parse(row.identifiers),
  },
}
const grouped = (rows, keys) => {
  const groups = new Map(keys.map((key) => [key, []]))
  for (const row of rows) groups.get(row.from).push(row)
  return keys.map((key) => groups.get(key))
}
const loaders = {
  Record: {
    edges: async (queries) => {
      const keys = queries.map(({ obj }) => obj.id)
      return grouped(await query('edges', `select q.*, l.end_id as "from" from link l join (${RECORDS}) q on q.row = l.record_row
        where l.end_id = any($1) and l.is_end`, [[...new Set(keys)]]), keys)
    },
    ends: async (queries) => {
      const keys = queries.map(({ obj }) => obj.row)
      return grouped(await query('ends', `select q.*, l.record_row as "from" from link l join (${RECORDS}) q on q.id = l.end_id
        where l.record_row = any($1) and l.is_end`, [[...new Set(keys)]]), keys)
    },
  },
}
const app = fastify()
const arguments_ = '(value: String!, kind: String!, first: Int = 50)'
if (field) {
  const { mercuriusFederationPlugin } = require('@mercuriusjs/federation')
  delete resolvers.Query.search
  delete resolvers.Query.record
  const own = types.replace(/(type \w+)( {)/g, '$1 @shareable$2').replace(' edges: [Record!]! ends: [Record!]!', '')
  const schema = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@shareable"])
    ${own} type Query { ${field}${arguments_}: Answer! }`
  app.register(mercuriusFederationPlugin, { schema, resolvers, jit: 1 })
} else {
  const schema = `${types} type Query { lookup${arguments_}: Answer! search(text: String!, first: Int = 20): Answer! record(id: ID!): Record }`
  app.register(require('mercurius'), { schema, resolvers, loaders, jit: 1, cache: true })
}
await app.listen({ port: Number(port), host: '127.0.0.1' })
