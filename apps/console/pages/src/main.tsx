import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

const invitationPlace = /^#\/invitation\/([A-Za-z0-9_-]{43})$/

/** The code of an invitation is a secret: it leaves the address, and so the history, before anything is shown. */
function takeInvitation(): string | undefined {
  const code = invitationPlace.exec(location.hash)?.[1]
  if (code !== undefined) history.replaceState(null, '', '#/')
  return code
}

const invitation = takeInvitation()
// A link that is opened where the pages are open already changes only the fragment.
addEventListener('hashchange', () => {
  if (invitationPlace.test(location.hash)) location.reload()
})
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App invitation={invitation} />
  </StrictMode>,
)
