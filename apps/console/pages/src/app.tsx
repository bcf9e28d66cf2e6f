import '@mantine/core/styles.css'
import '@hufu/look/look.css'
import { AccountPage, ErrorNotice, InvitationPage, Loading, NotFoundPage, Pages, SessionProvider, SignInPage, useSession } from '@hufu/look'
import { type ReactNode, useState } from 'react'
import { Redirect, Route, Router, Switch } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { AuditPage } from './audit/audit-page.tsx'
import { CouncilPage } from './council/council-page.tsx'
import { ProposalPage } from './council/proposal-page.tsx'
import { AnchorPage } from './explorer/anchor-page.tsx'
import { AnswerRoutes } from './explorer/answer-routes.tsx'
import { ExplorerPage } from './explorer/explorer-page.tsx'
import { FleetPage } from './fleet/fleet-page.tsx'
import { LiveFleet } from './fleet/live-fleet.tsx'
import { OverviewPage } from './fleet/overview-page.tsx'
import { ConsoleShell } from './frame/console-shell.tsx'
import { frameTexts } from './frame/frame-texts.ts'
import { Names } from './frame/names.tsx'
import { pagesSettings } from './frame/pages-settings.ts'
import { TreesPage } from './trees/trees-page.tsx'
import { TrustPage } from './trust/trust-page.tsx'
import { TrustedNetworkProvider } from './verify/use-trusted-network.tsx'

/** @param invitation - code out of the link by which somebody came */
export function App({ invitation }: { readonly invitation: string | undefined }) {
  return (
    <Pages settings={pagesSettings}>
      <SessionProvider
        hostPath="/v1/console"
        loading={
          <Around>
            <Loading />
          </Around>
        }
        failed={(error, retry) => (
          <Around>
            <ErrorNotice error={error} onRetry={retry} />
          </Around>
        )}
      >
        <Router hook={useHashLocation}>
          <Entry invitation={invitation} />
        </Router>
      </SessionProvider>
    </Pages>
  )
}

function Around({ children }: { readonly children: ReactNode }) {
  return <main style={{ maxWidth: '40rem', margin: '0 auto', padding: '3rem 1rem' }}>{children}</main>
}

const signInTexts = {
  title: { 'zh-CN': frameTexts['zh-CN'].signInTitle, en: frameTexts.en.signInTitle },
  explain: { 'zh-CN': frameTexts['zh-CN'].signInExplain, en: frameTexts.en.signInExplain },
}

function Entry({ invitation }: { readonly invitation: string | undefined }) {
  const { me } = useSession()
  const [code, setCode] = useState(invitation)
  if (code !== undefined) return <InvitationPage code={code} onDone={() => setCode(undefined)} />
  return (
    <Switch>
      <Route path="/sign-in">{me === null ? <SignInPage {...signInTexts} /> : <Redirect to="/" replace />}</Route>
      <Route path="/invitation/:code">
        <Redirect to="/" replace />
      </Route>
      <Route>
        <LiveFleet>
          <TrustedNetworkProvider>
            <Names>
              <ConsoleShell>
                <Places />
              </ConsoleShell>
            </Names>
          </TrustedNetworkProvider>
        </LiveFleet>
      </Route>
    </Switch>
  )
}

function Places() {
  const { me } = useSession()
  return (
    <Switch>
      <Route path="/" component={OverviewPage} />
      <Route path="/fleet" component={FleetPage} />
      <Route path="/explorer" component={ExplorerPage} />
      <Route path="/explorer/:kind/*?" component={AnswerRoutes} />
      <Route path="/trust" component={TrustPage} />
      <Route path="/trees" component={TreesPage} />
      <Route path="/anchor" component={AnchorPage} />
      <Route path="/council" component={CouncilPage} />
      <Route path="/council/:id">{({ id }) => <ProposalPage key={id} id={Number(id)} />}</Route>
      <Route path="/audit" component={AuditPage} />
      {me !== null && <Route path="/account" component={AccountPage} />}
      <Route component={NotFoundPage} />
    </Switch>
  )
}
