import { ErrorNotice, Loading, Mark, Page, Rows, Section, useLoaded, useMe, useSpeech, useTexts } from '@hufu/look'
import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ServerInfo } from '../api/staff-answers.ts'
import { useInstitution } from '../session/use-institution.ts'
import { administrationTexts } from './administration-texts.ts'

/** How this server is set up, and what to mind about it. */
export function ServerPage() {
  const texts = useTexts(administrationTexts)
  const { say, exactTime } = useSpeech()
  const institution = useInstitution()
  const me = useMe()
  const { data, error, reload } = useLoaded('server', client => client.get<ServerInfo>('/staff/server'))
  const health = useLoaded('health', async () => (await fetch('/health/ready')).ok, { everyMs: 10_000 })
  return (
    <Page title={texts.server} explain={texts.serverExplain} width="narrow">
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined && error === undefined && <Loading lines={6} />}
      {data?.database === 'embedded' && (
        <Alert color="bronze" variant="light" title={texts.embeddedTitle} icon={<IconAlertTriangle aria-hidden />}>
          {texts.embeddedExplain}
        </Alert>
      )}
      {me.signIn === 'invitation' && (
        <Alert color="bronze" variant="light" mt="sm" title={texts.standInTitle} icon={<IconAlertTriangle aria-hidden />}>
          {texts.standInExplain}
        </Alert>
      )}
      {data !== undefined && (
        <Section
          title={texts.server}
          aside={
            health.data !== undefined && (
              <Mark tone={health.data ? 'good' : 'bad'}>
                {texts.health}: {health.data ? texts.ready : texts.notReady}
              </Mark>
            )
          }
        >
          <Rows
            rows={[
              { name: texts.institution, value: say(institution.name) },
              { name: texts.did, value: <code>{institution.did}</code> },
              { name: texts.network, value: institution.network },
              { name: texts.serverRoles, value: institution.roles.map(role => texts.serverRoleNames[role] ?? role).join(' · ') },
              { name: texts.address, value: <code>{data.publicUrl}</code> },
              { name: texts.database, value: texts.databases[data.database] },
              data.walletUrl !== undefined && { name: texts.wallet, value: <code>{data.walletUrl}</code> },
              data.pageQueries.length > 0 && {
                name: texts.pageQueries,
                value: data.pageQueries.map(id => (
                  <a key={id} href={`/verify/${id}`} target="_blank" rel="noopener">
                    {id}
                  </a>
                )),
              },
              { name: texts.version, value: data.node },
              { name: texts.running, value: exactTime(data.runningSinceMs) },
              { name: texts.time, value: exactTime(data.timeMs) },
              {
                name: texts.api,
                value: (
                  <a href="/api" target="_blank" rel="noopener">
                    /api
                  </a>
                ),
              },
            ]}
          />
        </Section>
      )}
    </Page>
  )
}
