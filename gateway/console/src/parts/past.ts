/** How many records the address of a question about the past holds. */
export const MOST_RECORDS = 100

/** Where the past of these records, or of a shared picture, is asked about. */
export function pastOfRecords(handles: readonly string[]): string {
  const told = new URLSearchParams(handles.slice(0, MOST_RECORDS).map((each) => ['of', each]))
  if (handles.length > MOST_RECORDS) told.set('left', String(handles.length - MOST_RECORDS))
  return `/chronicle?${told.toString()}`
}

export function pastOfPicture(picture: string): string {
  return `/chronicle?picture=${encodeURIComponent(picture)}`
}
