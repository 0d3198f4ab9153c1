import { useState } from 'react'
import { SelectField } from '../parts/Field'
import { LANGUAGES, NAMES, choose, useTexts } from './texts'
import { THEMES, keptTheme, setTheme } from './theme'
import type { Theme } from './theme'

/** Language and theme; both are remembered by this browser. `loud`: with their labels. */
export function Choices({ loud = false }: { loud?: boolean }) {
  const { t, language } = useTexts()
  const [theme, keep] = useState<Theme>(keptTheme)
  return (
    <>
      <SelectField
        label={t('shell.language')}
        quiet={!loud}
        value={language}
        options={LANGUAGES.map((each) => ({ value: each, label: NAMES[each] }))}
        onChange={(value) => void choose(value)}
      />
      <SelectField
        label={t('shell.theme.label')}
        quiet={!loud}
        value={theme}
        options={THEMES.map((each) => ({ value: each, label: t(`shell.theme.${each}`) }))}
        onChange={(value) => {
          keep(value)
          setTheme(value)
        }}
      />
    </>
  )
}
