import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileWhole } from '@hufu/files'
import { institutions } from '@hufu/samples'
import type { Home } from '../home.ts'
import type { Cast } from './bring-registry.ts'
import type { PilotUrls } from './pilot-ports.ts'
import { consoleStaff, inviteStaff, type StaffLink } from './staff-links.ts'
import { type RunningServer, startServer } from './start-server.ts'

/** The pilot's console, and by which links its people come in. */
export interface PilotConsole extends RunningServer {
  readonly staff: readonly StaffLink[]
}

/** Starts the console on the local network, before all other servers: it shows the validators from the first second on. */
export async function startConsole({
  home,
  cast,
  urls,
}: {
  readonly home: Home
  readonly cast: Cast
  readonly urls: PilotUrls
}): Promise<PilotConsole> {
  const { port, url } = urls.console
  const folder = join(home.folder, 'servers', 'console')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = institutions.flatMap(({ slug, name }) => {
    const identity = cast.get(slug)
    return identity === undefined ? [] : [[identity.did, name] as const]
  })
  await writeFileWhole(join(folder, 'names.json'), JSON.stringify(Object.fromEntries(names)))
  const staff = await inviteStaff(folder, `${url}/`, consoleStaff)
  const server = await startServer(home, {
    ...{ name: 'console', app: 'console', port },
    environment: {
      NETWORK_FILE: home.networkFile,
      NETWORK_FOLDER: home.networkFolder,
      NAMES_FILE: join(folder, 'names.json'),
      STAFF_SIGN_IN: 'invitation',
      STAFF_BOOTSTRAP_FILE: join(folder, 'staff.json'),
      // Everybody is one address here.
      RATE_LIMIT_PERCENT: '1000',
    },
  })
  return { ...server, staff }
}
