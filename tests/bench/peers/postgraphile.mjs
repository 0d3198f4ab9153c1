// PostGraphile over the shelf's tables.
// node postgraphile.mjs PORT DATABASE_URL
import { createRequire } from 'node:module'
import { createServer } from 'node:http'

const require = createRequire(`${process.env.BENCH_MODULES}/`)
const { postgraphile } = require('postgraphile')
const { PostGraphileAmberPreset } = require('postgraphile/presets/amber')
const { makeV4Preset } = require('postgraphile/presets/v4')
const { makePgService } = require('postgraphile/adaptors/pg')
const { grafserv } = require('postgraphile/grafserv/node')

const [port, url] = process.argv.slice(2)
const instance = postgraphile({
  extends: [PostGraphileAmberPreset, makeV4Preset({ simpleCollections: 'both', disableDefaultMutations: true, dynamicJson: true })],
  pgServices: [makePgService({ connectionString: url, schemas: ['public'], poolConfig: { max: 8 } })],
  grafserv: { port: Number(port), graphiql: false, watch: false },
  grafast: { explain: false },
})
const serv = instance.createServ(grafserv)
const server = createServer()
await serv.addTo(server)
server.listen(Number(port), '127.0.0.1')
