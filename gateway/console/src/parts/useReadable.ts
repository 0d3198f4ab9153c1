import { useTexts } from '../shell/texts'
import { readable } from './value'

/** Values of properties as people read them, in the language around: words, countries, days; others as they are. */
export function useReadable(): (name: string, value: string) => string {
  const { code, language } = useTexts()
  return (name, value) => (name === 'gender' ? code('gender', value) : readable(name, value, language))
}
