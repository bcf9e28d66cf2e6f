import '@mantine/core/styles.css'
import '@hufu/look/look.css'
import './look/look.css'
import { cssVariablesResolver, theme } from '@hufu/look'
import { MantineProvider } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Redirect, Route, Router, Switch } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { AccountPage } from './account/account-page.tsx'
import { KeysPage } from './administration/keys-page.tsx'
import { PeoplePage } from './administration/people-page.tsx'
import { ServerPage } from './administration/server-page.tsx'
import { ApprovalsPage } from './approvals/approvals-page.tsx'
import { AuditPage } from './audit/audit-page.tsx'
import { EditApplicationPage, NewApplicationPage } from './counter/application-form-page.tsx'
import { ApplicationPage } from './counter/application-page.tsx'
import { ApplicationsPage } from './counter/applications-page.tsx'
import { CredentialsPage } from './credentials/credentials-page.tsx'
import { Announcer } from './frame/announcer.tsx'
import { Loading } from './frame/data-table.tsx'
import { ErrorNotice } from './frame/error-notice.tsx'
import { HomePage } from './frame/home-page.tsx'
import { NotFoundPage } from './frame/not-found-page.tsx'
import { type PlaceName, placesFor } from './frame/places.ts'
import { Shell } from './frame/shell.tsx'
import { GrantsPage } from './handover/grants-page.tsx'
import { ImportPage } from './imports/import-page.tsx'
import { ImportsPage } from './imports/imports-page.tsx'
import { LanguageProvider } from './language/language.tsx'
import { ReviewApplicationPage } from './review/review-application-page.tsx'
import { ReviewPage } from './review/review-page.tsx'
import { Colleagues } from './session/colleagues.tsx'
import { InvitationPage } from './session/invitation-page.tsx'
import { SessionProvider, useSession } from './session/session-context.tsx'
import { SignInPage } from './session/sign-in-page.tsx'
import { ReceiptPage } from './verification/receipt-page.tsx'
import { ReceiptsPage } from './verification/receipts-page.tsx'
import { VerifyPage } from './verification/verify-page.tsx'

/** @param invitation - code out of the link by which somebody came */
export function App({ invitation }: { readonly invitation: string | undefined }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <LanguageProvider>
        <Announcer>
          <SessionProvider
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
        </Announcer>
      </LanguageProvider>
    </MantineProvider>
  )
}

function Around({ children }: { readonly children: ReactNode }) {
  return <main style={{ maxWidth: '40rem', margin: '0 auto', padding: '3rem 1rem' }}>{children}</main>
}

function Entry({ invitation }: { readonly invitation: string | undefined }) {
  const { me } = useSession()
  const [code, setCode] = useState(invitation)
  if (code !== undefined) return <InvitationPage code={code} onDone={() => setCode(undefined)} />
  if (me === null) return <SignInPage />
  return (
    <Colleagues key={me.id}>
      <Shell>
        <Pages />
      </Shell>
    </Colleagues>
  )
}

/** The pages that this person's roles open; any other address is none. */
function Pages() {
  const { me, institution } = useSession()
  const open = new Set(placesFor(me?.roles ?? [], institution.roles).flatMap(({ places }) => places.map(({ name }) => name)))
  const at = (place: PlaceName, path: string, page: (parts: Readonly<Record<string, string>>) => ReactNode) =>
    open.has(place) && (
      <Route key={path} path={path}>
        {(parts: Readonly<Record<string, string>>) => page(parts)}
      </Route>
    )
  return (
    <Switch>
      <Route path="/" component={HomePage} />
      {at('applications', '/applications', () => (
        <ApplicationsPage />
      ))}
      {at('applications', '/applications/new', () => (
        <NewApplicationPage />
      ))}
      {at('applications', '/applications/:id', ({ id }) => (
        <ApplicationPage key={id} id={id!} />
      ))}
      {at('applications', '/applications/:id/edit', ({ id }) => (
        <EditApplicationPage key={id} id={id!} />
      ))}
      {at('review', '/review', () => (
        <ReviewPage />
      ))}
      {at('review', '/review/:id', ({ id }) => (
        <ReviewApplicationPage key={id} id={id!} />
      ))}
      {at('credentials', '/credentials', () => (
        <CredentialsPage />
      ))}
      {at('approvals', '/approvals', () => (
        <ApprovalsPage />
      ))}
      {at('credentials', '/credentials/of/:id', ({ id }) => (
        <CredentialsPage key={id} application={id!} />
      ))}
      {at('imports', '/imports', () => (
        <ImportsPage />
      ))}
      {at('imports', '/imports/:id', ({ id }) => (
        <ImportPage key={id} id={id!} />
      ))}
      {at('verify', '/verify', () => (
        <VerifyPage />
      ))}
      {at('receipts', '/receipts', () => (
        <ReceiptsPage />
      ))}
      {at('receipts', '/receipts/:id', ({ id }) => (
        <ReceiptPage key={id} id={id!} />
      ))}
      {at('grants', '/grants', () => (
        <GrantsPage />
      ))}
      {at('people', '/people', () => (
        <PeoplePage />
      ))}
      {at('keys', '/keys', () => (
        <KeysPage />
      ))}
      {at('server', '/server', () => (
        <ServerPage />
      ))}
      {at('audit', '/audit', () => (
        <AuditPage />
      ))}
      {at('account', '/account', () => (
        <AccountPage />
      ))}
      <Route path="/invitation/:code">
        <Redirect to="/" replace />
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  )
}
