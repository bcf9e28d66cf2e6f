import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileWhole } from '@hufu/files'
import type { NetworkDescriptor } from '@hufu/ledger'
import { type Institution, institutions } from '@hufu/samples'
import type { Home } from '../home.ts'
import type { Cast } from './bring-registry.ts'
import type { PilotUrls } from './pilot-ports.ts'
import { inviteStaff, type StaffLink } from './staff-links.ts'
import { type RunningServer, startServer } from './start-server.ts'
import { writeWalletSite } from './wallet-site.ts'

/** Who in the pilot has a server, and where. */
export const nodeNames = ['bureau', 'bank', 'hospital', 'transport'] as const
export type NodeName = (typeof nodeNames)[number]

const slugs: Readonly<Record<NodeName, string>> = {
  bureau: 'lanyu-bureau',
  bank: 'lanyu-bank',
  hospital: 'yunting-hospital',
  transport: 'qitong-transport',
}

const roles: Readonly<Record<NodeName, string>> = {
  bureau: 'issuer,verifier,sign-in',
  bank: 'verifier,sign-in',
  hospital: 'verifier,sign-in,hand-over',
  transport: 'verifier,sign-in,hand-over',
}

const pageQueries: Partial<Record<NodeName, string>> = {
  bank: 'open-account-zk',
  hospital: 'register-patient',
  transport: 'concession-fare',
}

const pseudonymous = { acr: 'urn:hufu:acr:pseudonymous', query: 'sign-in' }
const resident = (claim: string): readonly string[] => ['resident', claim]

/** What brings people to the level at which an institution knows who they are. */
const identified = {
  bank: { acr: 'urn:hufu:acr:identified', query: 'open-account-sign-in', claims: { name: resident('name') } },
  hospital: {
    acr: 'urn:hufu:acr:identified',
    query: 'register-sign-in',
    claims: {
      name: resident('name'),
      gender: resident('sex'),
      birthdate: resident('birth_date'),
      city_code: resident('city_code'),
    },
  },
} as const

export function institutionOf(name: NodeName): Institution {
  return institutions.find(({ slug }) => slug === slugs[name])!
}

/** The pilot's servers, and what it takes to come in. */
export interface PilotServers {
  readonly running: readonly RunningServer[]
  /** Links of the staff, good for one sign-in each. */
  readonly staff: Readonly<Record<NodeName, readonly StaffLink[]>>
  /** Bearer token of an institution's own systems. */
  systemToken(name: NodeName): Promise<string>
  stop(): Promise<void>
}

export interface PilotServersOptions {
  readonly home: Home
  readonly network: NetworkDescriptor
  readonly cast: Cast
  readonly urls: PilotUrls
}

/** Starts the institutions' servers, the wallet's and the two shops', and waits until all of them are ready. */
export async function startServers(options: PilotServersOptions): Promise<PilotServers> {
  const { home, network, cast, urls } = options
  const site = join(home.folder, 'servers', 'wallet')
  const known = nodeNames.map(name => ({ did: cast.get(slugs[name])!.did, name: institutionOf(name).name, url: urls[name].url }))
  await writeWalletSite(site, network, known)
  const staff = Object.fromEntries(
    await Promise.all(
      nodeNames.map(async name => {
        const folder = await makeFolder(home, name)
        // Before anybody asks for them: a server and its shop, which start together, would each make one of its own.
        for (const secret of ['system-token', 'shop-secret']) await secretIn(folder, secret)
        return [name, await inviteStaff(folder, `${urls[name].url}/staff/`)] as const
      }),
    ),
  ) as PilotServers['staff']
  const starting = [
    ...nodeNames.map(name => startNode(options, name)),
    startServer(home, { name: 'wallet', app: 'wallet', port: urls.wallet.port, environment: { NETWORK_FOLDER: site } }),
    startShop(options, 'bank'),
    startShop(options, 'hospital'),
  ]
  const outcomes = await Promise.allSettled(starting)
  const running = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const stop = async () => {
    await Promise.all(running.map(server => server.stop()))
  }
  const failed = outcomes.find(outcome => outcome.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  return { running, staff, stop, systemToken: name => secretIn(folderOf(home, name), 'system-token') }
}

async function startNode({ home, urls }: PilotServersOptions, name: NodeName): Promise<RunningServer> {
  const folder = folderOf(home, name)
  const slug = slugs[name]
  const identity = join(home.identitiesFolder, `${slug}.json`)
  const { 'zh-CN': chinese, en } = institutionOf(name).name
  await writeFileWhole(join(folder, 'clients.json'), JSON.stringify(await signInSettings(folder, urls, name)))
  return startServer(home, {
    name: slug,
    app: 'institution',
    port: urls[name].port,
    environment: {
      ROLES: roles[name],
      NETWORK_FILE: home.networkFile,
      IDENTITY_FILE: identity,
      INSTITUTION_NAME_ZH: chinese,
      INSTITUTION_NAME_EN: en,
      SYSTEM_TOKEN_FILE: join(folder, 'system-token'),
      OIDC_CLIENTS_FILE: join(folder, 'clients.json'),
      STAFF_SIGN_IN: 'invitation',
      STAFF_BOOTSTRAP_FILE: join(folder, 'staff.json'),
      PAGE_QUERIES: pageQueries[name] ?? '',
      WALLET_URL: urls.wallet.url,
      LOOPBACK_PEERS: 'allow',
      // Everybody is one address here.
      RATE_LIMIT_PERCENT: '1000',
      // The bureau's status lists of the command line's desk, and its VC API.
      ...(name === 'bureau' ? { ISSUER_FILES: identity, PUBLISHED_FOLDER: home.publishedFolder } : {}),
    },
  })
}

async function startShop({ home, urls }: PilotServersOptions, kind: 'bank' | 'hospital'): Promise<RunningServer> {
  const { port, url } = urls[`${kind}Shop`]
  const folder = folderOf(home, kind)
  return startServer(home, {
    name: `${slugs[kind]}-shop`,
    app: 'shop',
    port,
    environment: {
      SHOP_KIND: kind,
      PUBLIC_URL: url,
      ISSUER_URL: `${urls[kind].url}/oidc`,
      CLIENT_ID: `${kind}-shop`,
      CLIENT_SECRET_FILE: join(folder, 'shop-secret'),
      NAME_ZH: institutionOf(kind).name['zh-CN'],
      NAME_EN: institutionOf(kind).name.en,
    },
  })
}

async function signInSettings(folder: string, urls: PilotUrls, name: NodeName): Promise<object> {
  if (name === 'bureau')
    return { levels: [{ acr: pseudonymous.acr, query: 'collect-credential' }], collect: { query: 'collect-credential' }, clients: [] }
  if (name === 'transport') return { levels: [pseudonymous], clients: [] }
  const { url } = urls[`${name}Shop`]
  const secret = await secretIn(folder, 'shop-secret')
  const client = {
    id: `${name}-shop`,
    name: institutionOf(name).name,
    secretSha256: createHash('sha256').update(secret).digest('hex'),
    redirectUris: [`${url}/callback`],
    postLogoutRedirectUris: [`${url}/`],
    backchannelLogoutUri: `${url}/backchannel-logout`,
    pushedRequestsOnly: true,
  }
  return { levels: [pseudonymous, identified[name]], clients: [client] }
}

async function makeFolder(home: Home, name: NodeName): Promise<string> {
  const folder = folderOf(home, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

function folderOf(home: Home, name: NodeName): string {
  return join(home.folder, 'servers', slugs[name])
}

/** A secret of 256 bits in a file, made if it is not there. */
async function secretIn(folder: string, name: string): Promise<string> {
  const file = join(folder, name)
  if (!existsSync(file)) await writeFileWhole(file, `${randomBytes(32).toString('base64url')}\n`)
  return (await readFile(file, 'utf8')).trim()
}
