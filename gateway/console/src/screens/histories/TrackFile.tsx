import { useState } from 'react'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { Allowed } from '../chart/Allowed'
import { FormatFiles } from '../chart/OtherPrograms'
import { useExports } from '../chart/useExports'

/** Tracks, events and areas as GeoJSON: through the export, which asks for each record anew and is logged. */
export function TrackFile({ number, handles }: { number: string; handles: readonly string[] }) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  const exporting = useExports(handles)
  const { exports, error, request } = exporting
  return (
    <>
      <Button
        onClick={() => {
          setOpen(true)
          request(['GEOJSON'])
        }}
      >
        {t('vessels.file.open')}
      </Button>
      {open ? (
        <Dialog open title={t('vessels.file.open')} onClose={() => setOpen(false)}>
          <p>{t('chart.export.text')}</p>
          <p>{t('vessels.file.text')}</p>
          <Failure error={error} />
          {exports || error ? null : <Loading />}
          {exports ? (
            <>
              <Allowed exporting={exporting} of={handles.length} />
              <FormatFiles name={`entente-vessel-${number}`} exports={exports} />
            </>
          ) : null}
        </Dialog>
      ) : null}
    </>
  )
}
