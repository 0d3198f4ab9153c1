export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
const KEPT = 'entente.theme'

export function keptTheme(): Theme {
  const kept = localStorage.getItem(KEPT)
  return THEMES.find((each) => each === kept) ?? 'system'
}

/** Sets the theme of the whole page and remembers it. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
