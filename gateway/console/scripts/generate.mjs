/* Writes src/generated from what others keep: the desk's documents with their digests, the schema's types, and the
 * catalogues in each language; the law's tables and the formats of exports. Fails on a text that is missing in a
 * language or has other placeholders there. */
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kind, parse as parseGraphql } from 'graphql'
import { parse } from 'yaml'
import { parted } from './parts.mjs'

const here = fileURLToPath(new URL('..', import.meta.url))
const into = join(here, 'src', 'generated')
const LANGUAGES = ['en', 'fr', 'sv']

/** The documents that the console asks with: the desk's own, and what only the console needs. */
function documents() {
  const found = new Map()
  const own = {}
  for (const [folder, ours] of [['../documents/desk', false], ['operations', true]]) {
    for (const file of readdirSync(join(here, folder)).filter((name) => name.endsWith('.graphql')).sort()) {
      const text = readFileSync(join(here, folder, file), 'utf8')
      const name = basename(file, '.graphql').replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
      if (found.has(name)) throw new Error(`${folder}/${file}: the desk has a document of that name`)
      const id = `sha256:${createHash('sha256').update(text).digest('hex')}`
      if (ours) own[id] = text
      found.set(name, { id, text, kind: /^\s*mutation\b/m.test(text) ? 'mutation' : 'query' })
    }
  }
  const texts = [...found].map(([name, { text }]) => `export const ${name} = graphql(\`\n${text}\`)\n`)
  const ids = [...found].map(
    ([name, { id, kind }]) => `export const ${name} = ${kind}<typeof texts.${name}>('${id}')\n`,
  )
  writeFileSync(join(into, 'texts.ts'), `import { graphql } from '../api/graphql'\n\n${texts.join('\n')}`)
  writeFileSync(
    join(into, 'documents.ts'),
    `import { mutation, query } from '../api/document'\nimport type * as texts from './texts'\n\n${ids.join('')}`,
  )
  mkdirSync(join(here, 'public'), { recursive: true })
  writeFileSync(join(here, 'public', 'documents.json'), JSON.stringify(own, null, 1))
}

const placeholders = (text) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((found) => found[1]).sort().join(' ')

/** French does not break a line before `; : ? ! »` nor after `«`; the catalogues are written with plain spaces. */
const unbroken = (text) => text.replace(/ (?=[;:?!»])|(?<=«) /g, '\u00a0')

/** Puts one entry of a catalogue, `{en, fr, sv}` or deeper, into each language's tree of texts. */
function spread(entry, path, texts) {
  if (typeof entry !== 'object' || entry === null) throw new Error(`${path.join('.')}: is no entry of a catalogue`)
  if (!LANGUAGES.some((language) => language in entry)) {
    for (const [name, inner] of Object.entries(entry)) spread(inner, [...path, name], texts)
    return
  }
  const wanted = Object.values(entry).map((each) => placeholders(typeof each === 'string' ? each : each.other))
  for (const language of LANGUAGES) {
    const said = entry[language]
    if (said === undefined) throw new Error(`${path.join('.')}: has no text in ${language}`)
    const plural = typeof said === 'object'
    const forms = plural ? said : { '': String(said) }
    if (plural) {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
      const missing = needed.filter((form) => !(form in said))
      if (missing.length) throw new Error(`${path.join('.')}: has no form ${missing.join(', ')} in ${language}`)
    }
    for (const [form, text] of Object.entries(forms)) {
      if (placeholders(text).split(' ').some((each) => each && !wanted.some((other) => other.split(' ').includes(each))))
        throw new Error(`${path.join('.')}: other placeholders in ${language}`)
      if (!plural && wanted.some((other) => other !== placeholders(text)))
        throw new Error(`${path.join('.')}: other placeholders in ${language}`)
      let tree = texts[language]
      for (const part of path.slice(0, -1)) tree = tree[part] ??= {}
      tree[path.at(-1) + (form && `_${form}`)] = language === 'fr' ? unbroken(text) : text
    }
  }
}

function catalogues() {
  const texts = Object.fromEntries(LANGUAGES.map((language) => [language, {}]))
  const keys = []
  for (const file of readdirSync(join(here, 'src', 'text')).sort()) {
    const path = basename(file, '.yaml').split('.')
    spread(parse(readFileSync(join(here, 'src', 'text', file), 'utf8')), path, texts)
  }
  const shared = (name) => parse(readFileSync(join(here, '../../sharing/catalogues', name), 'utf8'))
  spread(shared('reasons.yaml'), ['reason'], texts)
  spread(shared('evidence.yaml').features, ['evidence'], texts)
  spread(shared('labels.yaml'), ['code'], texts)
  spread(shared('reports.yaml').asides, ['code', 'aside'], texts)
  const walk = (tree, path) => {
    for (const [name, inner] of Object.entries(tree)) {
      if (typeof inner === 'string') keys.push([...path, name].join('.').replace(/_(one|many|other)$/, ''))
      else walk(inner, [...path, name])
    }
  }
  walk(texts.fr, [])
  const { needs, split } = parted(join(here, 'src'), texts.fr)
  rmSync(join(into, 'text'), { recursive: true, force: true })
  mkdirSync(join(into, 'text'))
  for (const language of LANGUAGES)
    for (const [part, tree] of Object.entries(split(texts[language])))
      writeFileSync(join(into, 'text', `${language}.${part}.json`), JSON.stringify(tree))
  writeFileSync(join(into, 'needs.ts'), `export const NEEDS = ${JSON.stringify(needs, null, 2)} as const\n`)
  const union = [...new Set(keys)].map((key) => `  | '${key}'`).join('\n')
  writeFileSync(join(into, 'keys.ts'), `/** Every text of the console, by its key. */\nexport type TextKey =\n${union}\n`)
}

/** Which legal bases and categories the law admits for a purpose, so that forms offer nothing that it refuses. */
function law() {
  const { bases, reach } = JSON.parse(readFileSync(join(here, '../../policy/rego/data.json'), 'utf8')).law
  const told = Object.entries({ BASES: bases, REACH: reach }).map(
    ([name, table]) => `export const ${name} = ${JSON.stringify(table, null, 2)} as const\n`,
  )
  writeFileSync(join(into, 'law.ts'), told.join('\n'))
}

/** The formats that an export can be written in, from the node's schema, so that the console keeps no list of its own. */
function formats() {
  const { definitions } = parseGraphql(readFileSync(join(here, '../graphql/schema.graphql'), 'utf8'))
  const found = definitions.find(({ kind, name }) => kind === Kind.ENUM_TYPE_DEFINITION && name.value === 'ExportFormat')
  const values = found.values.map(({ name }) => name.value)
  writeFileSync(join(into, 'formats.ts'), `export const FORMATS = ${JSON.stringify(values)} as const\n`)
}

mkdirSync(into, { recursive: true })
law()
formats()
documents()
catalogues()
execFileSync(process.execPath, [join(here, 'node_modules/gql.tada/bin/cli.js'), 'generate-output'], {
  cwd: here,
  stdio: ['ignore', 'ignore', 'inherit'],
})
