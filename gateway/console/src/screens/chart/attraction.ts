/* Places by attraction along links and repulsion between records: ForceAtlas2, then no label on another. */
import iterate from 'graphology-layout-forceatlas2/iterate'

/** What is laid out: two numbers for each spot, two places for each tie, 1 for whatever stays where it is. */
export interface Network {
  readonly spots: Float32Array
  readonly ties: Uint32Array
  readonly fixed: Uint8Array
}

/** Room that a record needs with its label, in units of the chart. */
const [WIDE, TALL] = [140, 92]
/** Units of the chart in one of ForceAtlas2, whose steps have a greatest length. */
const UNIT = 10
const [OF_NODE, OF_TIE] = [10, 3]
const AT = { x: 0, y: 1, mass: 6, convergence: 7, size: 8, fixed: 9 } as const
const [TURNS, STEPS] = [40, 8]
/** Up to so many every pair repels; above, far ones do as a crowd. */
const FEW = 300

/** Every turn gives all spots as they are so far; the last turn leaves no two too near. Equal networks end equal. */
export function* attracted(network: Network): Generator<Float32Array, Float32Array> {
  const count = network.fixed.length
  const nodes = new Float32Array(count * OF_NODE)
  const ties = new Float32Array((network.ties.length / 2) * OF_TIE)
  const start = started(network)
  for (let place = 0; place < count; place += 1) {
    const at = place * OF_NODE
    nodes[at + AT.x] = (start[2 * place] ?? 0) / UNIT
    nodes[at + AT.y] = (start[2 * place + 1] ?? 0) / UNIT
    nodes[at + AT.mass] = nodes[at + AT.convergence] = nodes[at + AT.size] = 1
    nodes[at + AT.fixed] = network.fixed[place] ?? 0
  }
  network.ties.forEach((end, place) => {
    const at = (place >> 1) * OF_TIE
    ties[at + (place & 1)] = end * OF_NODE
    ties[at + 2] = 1
    nodes[end * OF_NODE + AT.mass] = (nodes[end * OF_NODE + AT.mass] ?? 0) + 1
  })
  const settings = {
    linLogMode: false, outboundAttractionDistribution: false, adjustSizes: false, edgeWeightInfluence: 0,
    scalingRatio: 8, strongGravityMode: true, gravity: 0.4, slowDown: 1 + Math.log(Math.max(1, count)),
    barnesHutOptimize: count > FEW, barnesHutTheta: 0.5,
  }
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (let step = 0; step < STEPS; step += 1) iterate(settings, nodes, ties)
    yield spotsOf(nodes)
  }
  return finished({ ...network, spots: spotsOf(nodes) })
}

/** What a stopped layout ends with as well: parts beside each other, no label on another. */
export function finished(network: Network): Float32Array {
  const spots = network.spots.slice()
  apart(spots, network.fixed)
  if (!network.fixed.includes(1)) packed(spots, network.ties)
  return spots
}

function spotsOf(nodes: Float32Array): Float32Array {
  const spots = new Float32Array((nodes.length / OF_NODE) * 2)
  for (let place = 0; place < spots.length / 2; place += 1) {
    spots[2 * place] = (nodes[place * OF_NODE + AT.x] ?? 0) * UNIT
    spots[2 * place + 1] = (nodes[place * OF_NODE + AT.y] ?? 0) * UNIT
  }
  return spots
}

/** Where it starts: all anew on a spiral where nothing is fixed, else as they are. */
function started({ spots, fixed }: Network): Float32Array {
  if (fixed.includes(1)) return spots
  return Float32Array.from(spots, (_, place) => {
    const turn = place >> 1
    const [angle, radius] = [turn * 2.399963, WIDE * Math.sqrt(turn + 0.5)]
    return radius * (place & 1 ? Math.sin(angle) : Math.cos(angle))
  })
}

/** Pushes records off each other, sideways or up and down, whichever is shorter; what is fixed pushes only. */
function apart(spots: Float32Array, fixed: Uint8Array): void {
  const count = fixed.length
  const order = Array.from({ length: count }, (_, place) => place)
  for (let turn = 0, moved = true; turn < 200 && moved; turn += 1) {
    moved = false
    order.sort((one, other) => (spots[2 * one] ?? 0) - (spots[2 * other] ?? 0) || one - other)
    for (let first = 0; first < count; first += 1) {
      const one = order[first] ?? 0
      for (let next = first + 1; next < count; next += 1) {
        const other = order[next] ?? 0
        const [dx, dy] = [(spots[2 * other] ?? 0) - (spots[2 * one] ?? 0), (spots[2 * other + 1] ?? 0) - (spots[2 * one + 1] ?? 0)]
        if (dx >= WIDE) break
        const [lapX, lapY] = [WIDE - Math.abs(dx), TALL - Math.abs(dy)]
        const free = 2 - (fixed[one] ?? 0) - (fixed[other] ?? 0)
        if (lapX <= 0.5 || lapY <= 0.5 || !free) continue
        const axis = lapX / WIDE < lapY / TALL ? 0 : 1
        const push = ((axis ? lapY : lapX) / free) * ((axis ? dy || other - one : dx) < 0 ? -1 : 1)
        if (!fixed[one]) spots[2 * one + axis] = (spots[2 * one + axis] ?? 0) - push
        if (!fixed[other]) spots[2 * other + axis] = (spots[2 * other + axis] ?? 0) + push
        moved = true
      }
    }
  }
}

/** Puts the parts that no link joins beside each other, the largest first, each where it reaches least far down. */
function packed(spots: Float32Array, ties: Uint32Array): void {
  const parts = partsOf(spots.length / 2, ties)
  const boxes = parts.map((members) => {
    const [xs, ys] = [members.map((each) => spots[2 * each] ?? 0), members.map((each) => spots[2 * each + 1] ?? 0)]
    const [left, top] = [Math.min(...xs), Math.min(...ys)]
    return { members, left, top, wide: Math.max(...xs) - left + WIDE, tall: Math.max(...ys) - top + TALL }
  })
  boxes.sort((one, other) => other.tall - one.tall || other.wide - one.wide || (one.members[0] ?? 0) - (other.members[0] ?? 0))
  const area = boxes.reduce((sum, { wide, tall }) => sum + wide * tall, 0)
  const columns = Math.ceil(Math.max(...boxes.map(({ wide }) => wide), Math.sqrt(area * 1.8)) / WIDE)
  const filled = new Float64Array(columns)
  for (const { members, left, top, wide, tall } of boxes) {
    const span = Math.ceil(wide / WIDE)
    let [at, lowest] = [0, Infinity]
    for (let column = 0; column + span <= columns; column += 1) {
      const under = Math.max(...filled.subarray(column, column + span))
      if (under < lowest) [at, lowest] = [column, under]
    }
    for (const each of members) {
      spots[2 * each] = (spots[2 * each] ?? 0) - left + at * WIDE
      spots[2 * each + 1] = (spots[2 * each + 1] ?? 0) - top + lowest
    }
    filled.fill(lowest + tall, at, at + span)
  }
}

function partsOf(count: number, ties: Uint32Array): number[][] {
  const parent = Array.from({ length: count }, (_, place) => place)
  const root = (place: number): number => {
    let at = place
    while (parent[at] !== at) at = parent[at] = parent[parent[at] ?? 0] ?? 0
    return at
  }
  for (let tie = 0; tie < ties.length; tie += 2) parent[root(ties[tie] ?? 0)] = root(ties[tie + 1] ?? 0)
  const parts = new Map<number, number[]>()
  for (let place = 0; place < count; place += 1) parts.set(root(place), [...(parts.get(root(place)) ?? []), place])
  return [...parts.values()]
}
