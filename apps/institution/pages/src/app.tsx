import {
  AccountPage,
  Colleagues,
  ErrorNotice,
  InvitationPage,
  Loading,
  NotFoundPage,
  Pages,
  SessionProvider,
  SignInPage,
  useSession,
} from '@hufu/look'
import '@mantine/core/styles.css'
import '@hufu/look/look.css'
import { type ReactNode, useState } from 'react'
import { Redirect, Route, Router, Switch } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { KeysPage } from './administration/keys-page.tsx'
import { PeoplePage } from './administration/people-page.tsx'
import { ServerPage } from './administration/server-page.tsx'
import { ApprovalsPage } from './approvals/approvals-page.tsx'
import { AuditPage } from './audit/audit-page.tsx'
import { EditApplicationPage, NewApplicationPage } from './counter/application-form-page.tsx'
import { ApplicationPage } from './counter/application-page.tsx'
import { ApplicationsPage } from './counter/applications-page.tsx'
import { CredentialsPage } from './credentials/credentials-page.tsx'
import { HomePage } from './frame/home-page.tsx'
import { pagesSettings } from './frame/pages-settings.ts'
import { type PlaceName, placesFor } from './frame/places.ts'
import { StaffShell } from './frame/staff-shell.tsx'
import { GrantsPage } from './handover/grants-page.tsx'
import { ImportPage } from './imports/import-page.tsx'
import { ImportsPage } from './imports/imports-page.tsx'
import { ReviewApplicationPage } from './review/review-application-page.tsx'
import { ReviewPage } from './review/review-page.tsx'
import { useInstitution } from './session/use-institution.ts'
import { ReceiptPage } from './verification/receipt-page.tsx'
import { ReceiptsPage } from './verification/receipts-page.tsx'
import { VerifyPage } from './verification/verify-page.tsx'

const signIn = {
  title: { 'zh-CN': '登录工作台', en: 'Sign in' },
  explain: {
    'zh-CN': '供本机构工作人员使用。办理业务的居民请使用钱包或到柜台。',
    en: 'For the institution’s staff. Residents use their wallet, or come to the counter.',
  },
}

/** @param invitation - code out of the link by which somebody came */
export function App({ invitation }: { readonly invitation: string | undefined }) {
  return (
    <Pages settings={pagesSettings}>
      <SessionProvider
        hostPath="/staff/institution"
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

function Entry({ invitation }: { readonly invitation: string | undefined }) {
  const { me } = useSession()
  const [code, setCode] = useState(invitation)
  if (code !== undefined) return <InvitationPage code={code} onDone={() => setCode(undefined)} />
  if (me === null) return <SignInPage title={signIn.title} explain={signIn.explain} />
  return (
    <Colleagues key={me.id}>
      <StaffShell>
        <OpenPages />
      </StaffShell>
    </Colleagues>
  )
}

/** The pages that this person's roles open; any other address is none. */
function OpenPages() {
  const { me } = useSession()
  const institution = useInstitution()
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
