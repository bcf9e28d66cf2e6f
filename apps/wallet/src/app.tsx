import '@mantine/core/styles.css'
import '@hufu/look/look.css'
import './look/look.css'
import { cssVariablesResolver, theme } from '@hufu/look'
import type { Language } from '@hufu/proofs'
import { MantineProvider } from '@mantine/core'
import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { Redirect, Route, Router, Switch } from 'wouter'
import type { Wallet } from './core/wallet.ts'
import { Announcer } from './pages/announcer.tsx'
import { BackupPage } from './pages/backup-page.tsx'
import { CredentialPage } from './pages/credential-page.tsx'
import { Failure, FailureBoundary } from './pages/failure-boundary.tsx'
import { HistoryEntryPage } from './pages/history-entry-page.tsx'
import { HistoryPage } from './pages/history-page.tsx'
import { HomePage } from './pages/home-page.tsx'
import { useLink } from './pages/link-waiting.ts'
import { NotFoundPage } from './pages/not-found-page.tsx'
import { OpenPage } from './pages/open-page.tsx'
import { RestorePage } from './pages/restore-page.tsx'
import { ScanPage } from './pages/scan-page.tsx'
import { SettingsPage } from './pages/settings-page.tsx'
import { Shell } from './pages/shell.tsx'
import { UnlockPage } from './pages/unlock-page.tsx'
import { usePlace } from './pages/use-place.ts'
import { useWallet, WalletProvider } from './pages/wallet-context.tsx'
import { WelcomePage } from './pages/welcome-page.tsx'
import { LanguageProvider } from './texts/language.tsx'

/** Shows the pages of a wallet in an element of the document. */
export function showWallet(wallet: Wallet, element: HTMLElement): void {
  createRoot(element).render(<App wallet={wallet} />)
}

/** Shows why there is no wallet to show. */
export function showStartFailure(error: unknown, language: Language, element: HTMLElement): void {
  createRoot(element).render(<StartFailure error={error} language={language} />)
}

function App({ wallet }: { readonly wallet: Wallet }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <WalletProvider wallet={wallet}>
        <Speaking />
      </WalletProvider>
    </MantineProvider>
  )
}

function StartFailure({ error, language }: { readonly error: unknown; readonly language: Language }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <LanguageProvider language={language}>
        <Failure error={error} />
      </LanguageProvider>
    </MantineProvider>
  )
}

function Speaking() {
  const wallet = useWallet()
  return (
    <LanguageProvider language={wallet.settings.language}>
      <FailureBoundary>
        <Announcer>
          <Router hook={usePlace}>
            <Pages />
          </Router>
        </Announcer>
      </FailureBoundary>
    </LanguageProvider>
  )
}

function Pages() {
  const wallet = useWallet()
  useTouch(wallet)
  switch (wallet.state) {
    case 'new':
      return (
        <Switch>
          <Route path="/restore" component={RestorePage} />
          <Route component={WelcomePage} />
        </Switch>
      )
    case 'locked':
      return <UnlockPage />
    case 'open':
      return <OpenWallet />
  }
}

function OpenWallet() {
  const link = useLink()
  return (
    <Shell>
      <Switch>
        <Route path="/" component={HomePage} />
        <Route path="/credentials/:id">{({ id }) => <CredentialPage key={id} id={id} />}</Route>
        <Route path="/scan" component={ScanPage} />
        <Route path="/open" component={OpenPage} />
        <Route path="/history" component={HistoryPage} />
        <Route path="/history/:id">{({ id }) => <HistoryEntryPage key={id} id={id} />}</Route>
        <Route path="/settings" component={SettingsPage} />
        <Route path="/settings/backup" component={BackupPage} />
        {/* Where it stands after a backup was restored. */}
        <Route path="/restore">
          <Redirect to={link === undefined ? '/' : '/open'} replace />
        </Route>
        <Route component={NotFoundPage} />
      </Switch>
    </Shell>
  )
}

/** Tells the core that the person is there, so that the wallet does not lock while it is used. */
function useTouch(wallet: Wallet): void {
  useEffect(() => {
    const touch = (): void => wallet.touch()
    const events = ['pointerdown', 'keydown'] as const
    for (const event of events) window.addEventListener(event, touch, { passive: true })
    return () => {
      for (const event of events) window.removeEventListener(event, touch)
    }
  }, [wallet])
}
