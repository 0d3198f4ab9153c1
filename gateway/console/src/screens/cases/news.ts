const told = new Set<() => void>()

/** Calls `look` when an alert was seen or rejected on this page; returns how to stop that. */
export function onAlertsChanged(look: () => void): () => void {
  told.add(look)
  return () => told.delete(look)
}

export function alertsChanged(): void {
  for (const look of told) look()
}
