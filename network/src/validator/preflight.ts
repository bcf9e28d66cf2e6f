import { basename } from 'node:path'
import { lockHolder } from '@hufu/files'
import { errorCode } from '@hufu/primitives'
import { parseHostPort } from './host-port.ts'
import { requireIdleKey } from './key-lease.ts'
import type { FleetLook } from './look-at-fleet.ts'
import { type NetworkFile, softwareFor } from './network-file.ts'
import { finding, type PreflightFinding } from './preflight-findings.ts'
import type { PreflightProbes } from './preflight-probes.ts'
import {
  type OpenedValidator,
  readNetwork,
  readSettings,
  readState,
  readWallet,
  type ValidatorFolder,
  type ValidatorSettings,
  type ValidatorState,
  validatorFolder,
} from './validator-folder.ts'
import { openWalletKey, standardScrypt, type ValidatorWallet } from './validator-wallet.ts'

/** What preflight is told. */
export interface PreflightOptions {
  readonly probes: PreflightProbes
  readonly platform: string
  /** Of the wallet, to try it; without one it is not tried. */
  readonly password?: string
  /** For questions about the key. */
  readonly fetch?: typeof globalThis.fetch
}

/** What preflight found. */
export interface PreflightReport {
  /** The gravest first. */
  readonly findings: readonly PreflightFinding[]
  readonly faults: number
  readonly warnings: number
  /** Figures, for the engineer's record. */
  readonly measured: {
    readonly syncMs: number
    readonly freeBytes: number
    readonly diskKind: string
    readonly memoryBytes: number
    /** Median over the validators that answer. */
    readonly clockAheadMs: number | null
    readonly peersReached: number
    readonly height: number | null
  }
}

interface Requirements {
  readonly isReal: boolean
  readonly freeBytes: number
  readonly memoryBytes: number
  readonly availableBytes: number
  readonly syncMs: number
  readonly processors: number
  readonly openFiles: number
}

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3
const forProduction: Requirements = {
  isReal: true,
  freeBytes: 50 * gibibyte,
  memoryBytes: 4 * gibibyte,
  availableBytes: 2 * gibibyte,
  syncMs: 20,
  processors: 2,
  openFiles: 8_192,
}
const forTrying: Requirements = {
  isReal: false,
  freeBytes: 256 * mebibyte,
  memoryBytes: 512 * mebibyte,
  availableBytes: 256 * mebibyte,
  syncMs: 250,
  processors: 1,
  openFiles: 1_024,
}
const forgetfulDisks = ['tmpfs', 'ramfs', 'overlayfs', 'nfs', 'cifs', 'smb']
/** dBFT's primary stamps a block with its own clock, and a block may not be older than the one before. */
const clockFaultMs = 500
const clockWarningMs = 100
const behindBlocks = 10

/**
 * Looks whether a node may be started here: its folder, program and key, the host, the way to its peers, and whether its key is free. Changes nothing.
 * Everything that it can look at is looked at, however much is wrong.
 */
export async function preflight(path: string, options: PreflightOptions): Promise<PreflightReport> {
  const { probes } = options
  const files = validatorFolder(path)
  const folder = await readFolder(files)
  const findings: PreflightFinding[] = [...folder.findings, ...permissionFindings(files, probes)]
  const holder = lockHolder(files.lock)
  if (holder !== undefined) findings.push(finding('PREFLIGHT_LOCK', String(holder), 'warning'))

  const { network, settings, state, wallet } = folder
  const need = network?.production === true ? forProduction : forTrying
  const host = await hostFindings(files, probes, need)
  findings.push(...host.findings)
  if (settings !== undefined && holder === undefined) findings.push(...(await portFindings(settings, probes)))

  let clockAheadMs: number | null = null
  let peersReached = 0
  let fleet: FleetLook | undefined
  if (network !== undefined && settings !== undefined && state !== undefined) {
    const opened: OpenedValidator = { files, network, settings, state, wallet: wallet ?? null }
    findings.push(...addressFindings(network), ...(await programFindings(opened, options)))
    findings.push(...(await walletFindings(opened, options)))
    const peers = await peerFindings(opened, probes)
    findings.push(...peers.findings)
    peersReached = peers.reached
    fleet = await probes.fleet(network)
    const clock = await clockFindings(opened, probes)
    findings.push(...clock.findings)
    clockAheadMs = clock.aheadMs
    findings.push(...stateFindings(opened, fleet, holder !== undefined))
    if (holder === undefined) findings.push(...(await dataFindings(opened, probes)), ...(await keyFindings(opened, fleet, options)))
  }
  findings.sort((left, right) => Number(left.level === 'warning') - Number(right.level === 'warning'))
  const faults = findings.filter(each => each.level === 'fault').length
  const measured = { ...host.measured, clockAheadMs, peersReached, height: fleet?.head?.blockIndex ?? null }
  return { findings, faults, warnings: findings.length - faults, measured }
}

interface ReadFolder {
  readonly findings: readonly PreflightFinding[]
  readonly network?: NetworkFile
  readonly settings?: ValidatorSettings
  readonly state?: ValidatorState
  readonly wallet?: ValidatorWallet
}

/** What of the folder can be read: one bad file does not hide the others. */
async function readFolder(files: ValidatorFolder): Promise<ReadFolder> {
  const findings: PreflightFinding[] = []
  const attempt = async <T>(code: 'PREFLIGHT_FOLDER' | 'PREFLIGHT_NETWORK_FILE' | 'PREFLIGHT_WALLET', read: () => T | Promise<T>) => {
    try {
      return await read()
    } catch (error) {
      if (errorCode(error) === undefined) throw error
      findings.push(finding(code, (error as Error).message))
      return undefined
    }
  }
  const settings = await attempt('PREFLIGHT_FOLDER', () => readSettings(files))
  const state = await attempt('PREFLIGHT_FOLDER', () => readState(files))
  const network = state === undefined ? undefined : await attempt('PREFLIGHT_NETWORK_FILE', () => readNetwork(files, state))
  const wallet = settings?.role === 'observer' ? undefined : await attempt('PREFLIGHT_WALLET', () => readWallet(files))
  return {
    findings,
    ...(settings === undefined ? {} : { settings }),
    ...(state === undefined ? {} : { state }),
    ...(network === undefined ? {} : { network }),
    ...(wallet === undefined ? {} : { wallet }),
  }
}

function permissionFindings(files: ValidatorFolder, probes: PreflightProbes): readonly PreflightFinding[] {
  return [files.folder, files.walletFile].flatMap(path => {
    const mode = probes.mode(path)
    return mode === null || (mode & 0o077) === 0 ? [] : [finding('PREFLIGHT_PERMISSIONS', basename(path))]
  })
}

async function hostFindings(files: ValidatorFolder, probes: PreflightProbes, need: Requirements) {
  const findings: PreflightFinding[] = []
  const none = { freeBytes: 0, kind: 'nothing' }
  const disk = await probes.disk(files.folder).catch(() => none)
  if (disk.freeBytes < need.freeBytes) findings.push(finding('PREFLIGHT_DISK_SPACE', sizeOf(disk.freeBytes)))
  if (forgetfulDisks.includes(disk.kind)) findings.push(finding('PREFLIGHT_DISK_KIND', disk.kind, need.isReal ? 'fault' : 'warning'))
  // A full disk cannot be written to: that it is full is said already.
  const syncMs = await probes.syncMs(files.folder).catch(() => Number.POSITIVE_INFINITY)
  if (syncMs > need.syncMs && syncMs !== Number.POSITIVE_INFINITY) findings.push(finding('PREFLIGHT_DISK_SYNC', `${syncMs.toFixed(0)} ms`))
  else if (syncMs === Number.POSITIVE_INFINITY && disk.freeBytes >= need.freeBytes) findings.push(finding('PREFLIGHT_DISK_SYNC', '∞'))
  const { limitBytes, availableBytes } = probes.memory()
  if (limitBytes < need.memoryBytes) findings.push(finding('PREFLIGHT_MEMORY', `${sizeOf(limitBytes)} < ${sizeOf(need.memoryBytes)}`))
  else if (availableBytes < need.availableBytes)
    findings.push(finding('PREFLIGHT_MEMORY', `${sizeOf(availableBytes)} < ${sizeOf(need.availableBytes)}`, 'warning'))
  if (probes.processors() < need.processors) findings.push(finding('PREFLIGHT_PROCESSORS', String(probes.processors()), 'warning'))
  const openFiles = probes.openFiles()
  if (openFiles !== null && openFiles < need.openFiles) findings.push(finding('PREFLIGHT_OPEN_FILES', String(openFiles)))
  return { findings, measured: { syncMs, freeBytes: disk.freeBytes, diskKind: disk.kind, memoryBytes: limitBytes } }
}

async function portFindings({ listen }: ValidatorSettings, probes: PreflightProbes): Promise<readonly PreflightFinding[]> {
  const addresses = Object.values(listen)
  const faults = await Promise.all(addresses.map(address => probes.portFault(address)))
  return addresses.flatMap((address, index) => (faults[index] === null ? [] : [finding('PREFLIGHT_PORT', `${address} (${faults[index]})`)]))
}

function addressFindings(network: NetworkFile): readonly PreflightFinding[] {
  if (!network.production) return []
  return network.validators.flatMap(({ name, p2p }) => {
    const { host } = parseHostPort(p2p)
    return /^(127\.|0\.0\.0\.0$|::1?$|localhost$)/.test(host) ? [finding('PREFLIGHT_ADDRESS', name)] : []
  })
}

async function programFindings({ files, network }: OpenedValidator, { probes, platform }: PreflightOptions) {
  const known = softwareFor(network, platform)
  if (known.length === 0) return [finding('PREFLIGHT_BINARY', `the network file names none for ${platform}`)]
  const hash = await probes.hashOfFile(files.binary)
  if (hash === null) return [finding('PREFLIGHT_BINARY', 'there is none in the folder of the node')]
  const found = known.findIndex(each => each.sha256 === hash)
  if (found < 0) return [finding('PREFLIGHT_BINARY', `its SHA-256 begins ${hash.slice(0, 16)} and is none that the network file names`)]
  return found === 0 ? [] : [finding('PREFLIGHT_BINARY', `${known[found]!.version} is to be upgraded to ${known[0]!.version}`, 'warning')]
}

async function walletFindings({ network, settings, wallet }: OpenedValidator, { password }: PreflightOptions) {
  if (settings.seat === null || wallet === null) return []
  const findings: PreflightFinding[] = []
  const wanted = network.validators.find(each => each.name === settings.seat)?.publicKey
  if (!wallet.keys.some(key => key.publicKey === wanted)) findings.push(finding('PREFLIGHT_WALLET_KEY', settings.seat))
  const { n, r, p } = wallet.scrypt
  const isCheap = n < standardScrypt.n || r < standardScrypt.r || p < standardScrypt.p
  if (isCheap) findings.push(finding('PREFLIGHT_WALLET_SCRYPT', `n=${n}, r=${r}, p=${p}`, network.production ? 'fault' : 'warning'))
  if (password !== undefined) {
    const opens = await openWalletKey(wallet, wallet.keys[0]!.publicKey, password).catch(() => undefined)
    if (opens === undefined) findings.push(finding('PREFLIGHT_PASSWORD', ''))
  }
  return findings
}

async function peerFindings({ network, settings }: OpenedValidator, probes: PreflightProbes) {
  const others = network.validators.filter(each => each.name !== settings.seat)
  const versions = new Set(network.software.map(each => each.version))
  const found = await Promise.all(
    others.map(async ({ name, p2p }) => {
      const greeting = await probes.greet(p2p).catch(() => undefined)
      if (greeting === undefined) return finding('PREFLIGHT_PEER_UNREACHABLE', `${name} (${p2p})`)
      if (greeting.magic !== network.magic) return finding('PREFLIGHT_PEER_NETWORK', `${name} (${p2p})`)
      const version = /^\/NEO-GO:(.*)\/$/.exec(greeting.userAgent)?.[1]
      return version === undefined || !versions.has(version) ? finding('PREFLIGHT_PEER_PROGRAM', name, 'warning') : undefined
    }),
  )
  const findings = found.filter(each => each !== undefined)
  return { findings, reached: others.length - findings.filter(each => each.level === 'fault').length }
}

async function clockFindings({ network, settings }: OpenedValidator, probes: PreflightProbes) {
  const others = network.validators.filter(each => each.name !== settings.seat)
  const answers = await Promise.all(others.map(each => probes.clockAheadMs(each.rpcUrl)))
  const known = answers.filter(each => each !== null).sort((left, right) => left - right)
  // The middle one: a minority with wrong clocks does not make this one wrong.
  const aheadMs = known.length === 0 ? null : known[Math.floor(known.length / 2)]!
  const off = Math.abs(aheadMs ?? 0)
  if (off <= clockWarningMs) return { aheadMs, findings: [] }
  return { aheadMs, findings: [finding('PREFLIGHT_CLOCK', `${(off / 1000).toFixed(2)} s`, off > clockFaultMs ? 'fault' : 'warning')] }
}

function stateFindings({ state, settings, wallet }: OpenedValidator, fleet: FleetLook, isRunning: boolean): readonly PreflightFinding[] {
  const findings: PreflightFinding[] = []
  if (state.phase === 'left') findings.push(finding('PREFLIGHT_LEFT', ''))
  const behind = (fleet.head?.blockIndex ?? 0) - (state.heartbeat?.height ?? 0)
  if (!isRunning && behind > behindBlocks) findings.push(finding('PREFLIGHT_DATA_BEHIND', String(behind), 'warning'))
  if (settings.seat !== null && wallet !== null && state.backupHeight === null)
    findings.push(finding('PREFLIGHT_BACKUP', 'none was made with hufu validator backup', 'warning'))
  return findings
}

async function dataFindings(opened: OpenedValidator, probes: PreflightProbes): Promise<readonly PreflightFinding[]> {
  const genesis = await probes.databaseGenesis(opened)
  if (genesis === null) return []
  if ('fault' in genesis) return [finding('PREFLIGHT_DATA_NETWORK', genesis.fault)]
  return genesis.hash === opened.network.genesis.hash ? [] : [finding('PREFLIGHT_DATA_NETWORK', 'its first block is another one')]
}

async function keyFindings(
  { network, settings, state, wallet }: OpenedValidator,
  fleet: FleetLook,
  { probes, fetch = globalThis.fetch }: PreflightOptions,
): Promise<readonly PreflightFinding[]> {
  if (settings.seat === null || wallet === null) return []
  try {
    await requireIdleKey({
      network,
      publicKeys: wallet.keys.map(key => key.publicKey),
      seat: settings.seat,
      heartbeat: state.heartbeat,
      fleet,
      greet: address => probes.greet(address),
      ask: { fetch, timeoutMs: 3_000 },
    })
    return []
  } catch (error) {
    if (errorCode(error) !== 'ERR_VALIDATOR_KEY_LIVE') throw error
    return [finding('PREFLIGHT_KEY_LIVE', (error as Error).message)]
  }
}

function sizeOf(bytes: number): string {
  return bytes >= gibibyte ? `${(bytes / gibibyte).toFixed(1)} GiB` : `${Math.floor(bytes / mebibyte)} MiB`
}
