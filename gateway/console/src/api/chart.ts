const KEPT = 'entente.chart.waiting'

/** Puts records on the chart by their handles; the chart asks their nodes when it opens, under the mandate. */
export function addToChart(handles: readonly string[]): void {
  sessionStorage.setItem(KEPT, JSON.stringify([...new Set([...waiting(), ...handles])]))
}

/** Handles that wait for the chart. */
export function waiting(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]')
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}

/** The chart has taken them. */
export function taken(): void {
  sessionStorage.removeItem(KEPT)
}
