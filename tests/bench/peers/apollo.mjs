// Apollo Gateway over subgraphs, as its documentation shows it.
// node apollo.mjs PORT SUBGRAPH_URL…
import { createRequire } from 'node:module'

const require = createRequire(`${process.env.BENCH_MODULES}/`)
const { ApolloServer } = require('@apollo/server')
const { startStandaloneServer } = require('@apollo/server/standalone')
const { ApolloGateway, IntrospectAndCompose } = require('@apollo/gateway')

const [port, ...urls] = process.argv.slice(2)
const subgraphs = urls.map((url, place) => ({ name: `node${place}`, url }))
const gateway = new ApolloGateway({ supergraphSdl: new IntrospectAndCompose({ subgraphs }), logger: { debug() {}, info() {}, warn() {}, error: console.error } })
const server = new ApolloServer({ gateway, cache: 'bounded' })
await startStandaloneServer(server, { listen: { port: Number(port), host: '127.0.0.1' } })
