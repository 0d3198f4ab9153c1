import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { TextKey } from '../generated/keys'
import { NEEDS } from '../generated/needs'

export const LANGUAGES = ['en', 'fr', 'sv'] as const
export type Language = (typeof LANGUAGES)[number]
/** The language's name in itself. */
export const NAMES: Record<Language, string> = { en: 'English', fr: 'Français', sv: 'Svenska' }
const KEPT = 'entente.language'

function isLanguage(name: string | null | undefined): name is Language {
  return LANGUAGES.some((each) => each === name)
}

/** The texts of each language in parts: `start` is drawn around every screen, the others come with the screens. */
const PARTS = import.meta.glob<object>('../generated/text/*.json', { import: 'default' })
const wanted = new Set(['start'])
const loaded = new Map<string, object>()

async function fetchPart(language: Language, part: string): Promise<object> {
  const name = `../generated/text/${language}.${part}.json`
  const texts = loaded.get(name) ?? (await PARTS[name]?.())
  if (!texts) throw new Error(`the console has no texts ${language}.${part}`)
  if (!loaded.has(name)) i18next.addResourceBundle(language, 'translation', texts, true)
  loaded.set(name, texts)
  return texts
}

/** The parts of a catalogue that the glossary shows. */
export interface Catalogue {
  readonly code: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly reason: Readonly<Record<string, string>>
}

export async function catalogue(language: Language): Promise<Catalogue> {
  return (await fetchPart(language, 'code')) as Catalogue
}

/** Fetches what is wanted of a language's texts, each part once. */
export async function load(language: Language): Promise<void> {
  await Promise.all([...wanted].map((part) => fetchPart(language, part)))
}

/** What the screens of an area say is there from now on, in each language that is spoken. */
export async function need(area: keyof typeof NEEDS): Promise<void> {
  for (const part of NEEDS[area]) wanted.add(part)
  await load(spoken())
}

function spoken(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en'
}

/** Starts with the language that was chosen here before, else the browser's, else English. */
export async function startTexts(): Promise<void> {
  const wished = [localStorage.getItem(KEPT), ...navigator.languages.map((each) => each.slice(0, 2))]
  const language = wished.find(isLanguage) ?? 'en'
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    interpolation: { escapeValue: false }, // React writes text, never markup
    returnNull: false,
    parseMissingKeyHandler: (key, told?: string) => {
      if (told === undefined) console.error(`no text for ${key}`)
      return told ?? key
    },
  })
  await load(language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export async function choose(language: Language): Promise<void> {
  await load(language)
  localStorage.setItem(KEPT, language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export interface Texts {
  /** A text by its key, its placeholders filled. */
  readonly t: (key: TextKey, values?: Record<string, string | number>) => string
  /** The label of a code of the vocabulary, e.g. `code('purpose', 'CROSS_CHECKING')`; an unknown code tells itself. */
  readonly code: (kind: string, value: string) => string
  readonly language: Language
}

export function useTexts(): Texts {
  const { t, i18n } = useTranslation()
  const plain = t as (key: string, values?: Record<string, string | number>) => string
  return {
    t: plain,
    code: (kind, value) => plain(`code.${kind}.${value}`, { defaultValue: value }),
    language: isLanguage(i18n.language) ? i18n.language : 'en',
  }
}
