const ZONED = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d \(([A-Za-z]+(?:\/[\w+-]+)*)\)/g

/** The moments in a text of the node, `2026-01-01 00:00:00+01:00 (Europe/Paris)`, as people of that language write them. */
export function sayMoments(text: string, spoken: string): string {
  return text.replace(ZONED, (told, zone: string) => {
    const at = told.slice(0, 'yyyy-mm-dd hh:mm:ss+hh:mm'.length).replace(' ', 'T')
    return zoned(at, spoken, zone) ?? told
  })
}

function zoned(at: string, spoken: string, timeZone: string): string | null {
  try {
    return new Intl.DateTimeFormat(spoken === 'en' ? 'en-GB' : spoken, {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
      timeZone,
    }).format(new Date(at))
  } catch {
    return null // a zone that this browser does not know: the node's own words stay
  }
}
