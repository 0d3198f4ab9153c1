import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { TextKey } from '../generated/keys'

export const LANGUAGES = ['en', 'fr', 'sv'] as const
export type Language = (typeof LANGUAGES)[number]
/** The language's name in itself. */
export const NAMES: Record<Language, string> = { en: 'English', fr: 'Français', sv: 'Svenska' }
const KEPT = 'entente.language'

function isLanguage(name: string | null | undefined): name is Language {
  return LANGUAGES.some((each) => each === name)
}

const CATALOGUES: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('../generated/en.json'),
  fr: () => import('../generated/fr.json'),
  sv: () => import('../generated/sv.json'),
}

/** The parts of a catalogue that the glossary shows. */
export interface Catalogue {
  readonly code: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly reason: Readonly<Record<string, string>>
}

export async function catalogue(language: Language): Promise<Catalogue> {
  return (await CATALOGUES[language]()).default as unknown as Catalogue
}

/** Fetches the texts of a language, once. */
export async function load(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', (await CATALOGUES[language]()).default)
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
