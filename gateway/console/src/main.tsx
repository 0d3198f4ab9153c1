import { CSPProvider } from '@base-ui/react/csp-provider'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './shell/App'
import { startTexts } from './shell/texts'
import { keptTheme, setTheme } from './shell/theme'
import './tokens.css'
import './parts.css'

setTheme(keptTheme())
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no root')
await startTexts()
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <App />
    </CSPProvider>
  </StrictMode>,
)
