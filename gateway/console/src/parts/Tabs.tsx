interface Props<Id extends string> {
  readonly label: string
  readonly ids: readonly Id[]
  readonly chosen: Id
  readonly onChoose: (id: Id) => void
  readonly text: (id: Id) => string
  /** The element that shows what was chosen; a tab's own id is `tab-` and its name. */
  readonly panel: (id: Id) => string
}

/** Sides of one thing; which one is seen. */
export function Tabs<Id extends string>({ label, ids, chosen, onChoose, text, panel }: Props<Id>) {
  return (
    <div className="tabs" role="tablist" aria-label={label}>
      {ids.map((each) => (
        <button key={each} type="button" role="tab" id={`tab-${each}`} aria-selected={chosen === each} aria-controls={panel(each)} onClick={() => onChoose(each)}>
          {text(each)}
        </button>
      ))}
    </div>
  )
}
