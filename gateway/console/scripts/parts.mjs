/* Which texts a screen can show: a catalogue is sent in parts, those of a screen's area together with the screen. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Said around every screen; their keys are put together of pieces. */
const AROUND = ['shell.', 'error.', 'code.role.']
/** What is sent together, or apart from the rest of its catalogue; each other catalogue is a part of its own. */
const SENT = {
  'code.property': 'property',
  reason: 'code',
  tour: 'shared',
  ...Object.fromEntries(['cases', 'chart', 'containers', 'evidence', 'histories', 'profiles'].map((each) => [each, 'work'])),
}
const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^'"();]*?\sfrom\s+)?'(\.[^'?]+)[^']*'/g
const LAZY = /import\(\s*'(\.[^']+)'\s*\)/g
const KEY = /['"`]([a-z]\w*\.[\w.]*)(['"`$])/g

function imported(from, pattern) {
  return [...readFileSync(from, 'utf8').matchAll(pattern)]
    .map(([, path]) => ['.ts', '.tsx'].map((end) => join(dirname(from), path + end)).find(existsSync))
    .filter((each) => each !== undefined && !each.includes('/generated/'))
}

/** The text of a module and of all that come along with it; `lazily`, of those, too, that it fetches later. */
function along(start, lazily) {
  const met = new Set([start])
  for (const each of met)
    for (const pattern of lazily ? [IMPORT, LAZY] : [IMPORT]) for (const found of imported(each, pattern)) met.add(found)
  return [...met].map((each) => readFileSync(each, 'utf8')).join('\n')
}

const flat = (tree, path = []) =>
  Object.entries(tree).flatMap(([name, inner]) =>
    typeof inner === 'string' ? [[[...path, name].join('.'), inner]] : flat(inner, [...path, name]),
  )

function grown(entries) {
  const tree = {}
  for (const [key, text] of entries) {
    const path = key.split('.')
    path.slice(0, -1).reduce((inner, name) => (inner[name] ??= {}), tree)[path.at(-1)] = text
  }
  return tree
}

const partOf = (key) => Object.entries(SENT).find(([path]) => `${key}.`.startsWith(`${path}.`))?.[1] ?? key.split('.')[0]

/**
 * `needs`: the parts that the screens of each area can show, by what their modules write of keys and tell of codes.
 * `split(texts)`: one language's tree as its parts; `start` are the texts that are drawn before any other is there.
 */
export function parted(source, known) {
  const catalogues = new Set(Object.keys(known))
  const areas = readdirSync(join(source, 'screens')).filter((name) => existsSync(join(source, 'screens', name, 'area.ts')))
  const list = (name) => join(source, 'screens', name, 'area.ts')
  const begins = [join(source, 'main.tsx'), ...areas.map(list)].map((each) => along(each, false)).join('\n')
  const named = new Set([...begins.matchAll(KEY)].map(([, key]) => key))
  const early = (key) => AROUND.some((each) => key.startsWith(each)) || named.has(key.replace(/_(one|many|other)$/, ''))
  const mentioned = (text) => [
    ...[...text.matchAll(KEY)].filter(([, key, end]) => catalogues.has(key.split('.')[0]) && (end === '$' || !early(key))).map(([, key]) => partOf(key)),
    ...(/\bcode\(/.test(text) ? ['code'] : []),
    ...(text.includes("'property'") ? ['property'] : []),
  ]
  const needs = Object.fromEntries(
    areas.map((name) => [name, [...new Set(mentioned(along(list(name), true)))].filter((part) => !AROUND.includes(`${part}.`)).sort()]),
  )
  const split = (texts) => {
    const parts = { start: [] }
    for (const entry of flat(texts)) {
      if (early(entry[0])) parts.start.push(entry)
      else (parts[partOf(entry[0])] ??= []).push(entry)
    }
    return Object.fromEntries(Object.entries(parts).map(([part, entries]) => [part, grown(entries)]))
  }
  return { needs, split }
}
