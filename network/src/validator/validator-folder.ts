import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { writeFileWhole } from '@hufu/files'
import { errorCode } from '@hufu/primitives'
import { ValidatorError } from './errors.ts'
import {
  type NetworkFile,
  type NetworkFileTrust,
  networkFileFingerprint,
  networkFileText,
  parseNetworkFile,
  verifyNetworkFile,
} from './network-file.ts'
import { parseWallet, type ValidatorWallet, walletText } from './validator-wallet.ts'

/** What one node is, and where it listens: `validator.json`. */
export interface ValidatorSettings {
  readonly version: 1
  readonly role: 'validator' | 'observer'
  /** Name in the network file; null for an observer. */
  readonly seat: string | null
  /** Each `host:port`. */
  readonly listen: { readonly p2p: string; readonly rpc: string; readonly metrics: string }
}

/** The latest block that a node was seen to have. */
export interface Heartbeat {
  readonly height: number
  readonly blockHash: string
  /** The block's own time, so that clocks of hosts do not matter. */
  readonly blockTimeMs: number
}

/** Where one node stands: `state.json`, and `heartbeat.json`, which who runs the node writes every second. */
export interface ValidatorState {
  readonly version: 1
  readonly magic: number
  readonly genesisHash: string
  /** Fingerprint of the network file that is believed. */
  readonly fingerprint: string
  /** Of the one that takes its place just now; null otherwise. */
  readonly nextFingerprint: string | null
  /** `left`: this folder may not run as a validator any more. */
  readonly phase: 'joining' | 'onDuty' | 'left'
  /** Before it takes part it must have the blocks of the others: its data is new, or of a backup. */
  readonly mustCatchUp: boolean
  readonly heartbeat: Heartbeat | null
  /** Height of the latest backup with the key in it. */
  readonly backupHeight: number | null
}

/** Files of one node. */
export interface ValidatorFolder {
  readonly folder: string
  readonly networkFile: string
  readonly settingsFile: string
  readonly stateFile: string
  readonly heartbeatFile: string
  readonly walletFile: string
  readonly databaseFile: string
  readonly binary: string
  readonly previousBinary: string
  readonly lock: string
  readonly logFile: string
  readonly ceremonyFile: string
}

/** Names the files below a folder. */
export function validatorFolder(path: string): ValidatorFolder {
  const folder = resolve(path)
  return {
    folder,
    networkFile: join(folder, 'network.json'),
    settingsFile: join(folder, 'validator.json'),
    stateFile: join(folder, 'state.json'),
    heartbeatFile: join(folder, 'heartbeat.json'),
    walletFile: join(folder, 'wallet.json'),
    databaseFile: join(folder, 'chain.bolt'),
    binary: join(folder, 'neo-go'),
    previousBinary: join(folder, 'neo-go.previous'),
    lock: join(folder, 'running.lock'),
    logFile: join(folder, 'node.log'),
    ceremonyFile: join(folder, 'key-ceremony.json'),
  }
}

/** Makes the folder, readable by its owner alone, if it is not there. */
export function makeValidatorFolder(path: string): ValidatorFolder {
  const files = validatorFolder(path)
  mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  return files
}

/** A node's folder, read. */
export interface OpenedValidator {
  readonly files: ValidatorFolder
  readonly network: NetworkFile
  readonly settings: ValidatorSettings
  readonly state: ValidatorState
  /** Null for an observer. */
  readonly wallet: ValidatorWallet | null
}

/**
 * Reads a node's folder, and checks its network file again.
 *
 * @throws ValidatorError `ERR_VALIDATOR_FOLDER`: a file is missing or damaged; `ERR_VALIDATOR_NETWORK_FILE`, `ERR_VALIDATOR_FINGERPRINT`: the network file
 *   was changed since; `ERR_VALIDATOR_WALLET`
 */
export async function openValidator(path: string): Promise<OpenedValidator> {
  const files = validatorFolder(path)
  const settings = readSettings(files)
  const state = readState(files)
  const network = await readNetwork(files, state)
  return { files, network, settings, state, wallet: settings.role === 'observer' ? null : readWallet(files) }
}

/** The folder's network file, if it is the believed one. @throws ValidatorError `ERR_VALIDATOR_NETWORK_FILE`, `ERR_VALIDATOR_FINGERPRINT` */
export async function readNetwork(files: ValidatorFolder, state: ValidatorState): Promise<NetworkFile> {
  const text = readFile(files.networkFile)
  try {
    return await verifyNetworkFile(text, { fingerprint: state.fingerprint })
  } catch (error) {
    // A crash while a later file took its place: it is there already.
    if (state.nextFingerprint === null || errorCode(error) !== 'ERR_VALIDATOR_FINGERPRINT') throw error
    return verifyNetworkFile(text, { fingerprint: state.nextFingerprint })
  }
}

/** @throws ValidatorError `ERR_VALIDATOR_FOLDER` */
export function readSettings(files: ValidatorFolder): ValidatorSettings {
  return readJson(files.settingsFile) as ValidatorSettings
}

/** @throws ValidatorError `ERR_VALIDATOR_FOLDER` */
export function readState(files: ValidatorFolder): ValidatorState {
  return { ...(readJson(files.stateFile) as Omit<ValidatorState, 'heartbeat'>), heartbeat: readHeartbeat(files) }
}

/** Null if there is none, or a crash cut it short: then less is taken for granted, not more. */
function readHeartbeat(files: ValidatorFolder): Heartbeat | null {
  try {
    return JSON.parse(readFileSync(files.heartbeatFile, 'utf8')) as Heartbeat
  } catch {
    return null
  }
}

/** @throws ValidatorError `ERR_VALIDATOR_FOLDER`: there is none; `ERR_VALIDATOR_WALLET`: not a wallet */
export function readWallet(files: ValidatorFolder): ValidatorWallet {
  return parseWallet(readFile(files.walletFile))
}

/** Writes all but the heartbeat. */
export async function writeState(files: ValidatorFolder, { heartbeat: _, ...state }: ValidatorState): Promise<void> {
  await writeFileWhole(files.stateFile, `${JSON.stringify(state, null, 2)}\n`)
}

export async function writeHeartbeat(files: ValidatorFolder, heartbeat: Heartbeat): Promise<void> {
  await writeFileWhole(files.heartbeatFile, `${JSON.stringify(heartbeat)}\n`)
}

export async function writeWallet(files: ValidatorFolder, wallet: ValidatorWallet): Promise<void> {
  await writeFileWhole(files.walletFile, walletText(wallet))
}

/** What a new node is to be. */
export interface NewValidator {
  readonly networkFileText: string
  readonly trust: NetworkFileTrust
  readonly seat: string | null
  readonly listen: ValidatorSettings['listen']
  /** All validators begin with the first block: there is nobody to catch up with. */
  readonly isFounding: boolean
}

/**
 * Brings a network file and settings into a folder; a validator's wallet must be there already.
 *
 * @throws ValidatorError `ERR_VALIDATOR_FOLDER`: it holds a node already; `ERR_VALIDATOR_NETWORK_FILE`; `ERR_VALIDATOR_FINGERPRINT`;
 *   `ERR_VALIDATOR_SEAT`: the wallet's key is not the one that the network file names for the seat
 */
export async function initValidator(
  path: string,
  { networkFileText: text, trust, seat, listen, isFounding }: NewValidator,
): Promise<OpenedValidator> {
  const network = await verifyNetworkFile(text, trust)
  const files = makeValidatorFolder(path)
  if (existsSync(files.settingsFile) || existsSync(files.databaseFile))
    throw new ValidatorError('ERR_VALIDATOR_FOLDER', 'the folder holds a node already; choose another one')
  if (seat !== null) requireSeat(network, readWallet(files), seat)
  writeFileSync(files.networkFile, networkFileText(parseNetworkFile(text)), { mode: 0o644, flush: true })
  await writeState(files, {
    version: 1,
    magic: network.magic,
    genesisHash: network.genesis.hash,
    fingerprint: networkFileFingerprint(network),
    nextFingerprint: null,
    phase: isFounding ? 'onDuty' : 'joining',
    mustCatchUp: !isFounding,
    heartbeat: null,
    backupHeight: null,
  })
  const settings: ValidatorSettings = { version: 1, role: seat === null ? 'observer' : 'validator', seat, listen }
  // Last: a folder with settings is a node.
  await writeFileWhole(files.settingsFile, `${JSON.stringify(settings, null, 2)}\n`)
  return openValidator(files.folder)
}

/** The wallet's key for a seat. @throws ValidatorError `ERR_VALIDATOR_SEAT` */
export function requireSeat(network: NetworkFile, wallet: ValidatorWallet, seat: string): string {
  const validator = network.validators.find(each => each.name === seat)
  if (validator === undefined) throw new ValidatorError('ERR_VALIDATOR_SEAT', `the network file names no validator ${seat}`)
  if (!wallet.keys.some(key => key.publicKey === validator.publicKey))
    throw new ValidatorError('ERR_VALIDATOR_SEAT', `the wallet does not hold the key that the network file names for ${seat}`)
  return validator.publicKey
}

/** Takes a later network file. @throws ValidatorError as `verifyNetworkFile` */
export async function replaceNetworkFile(opened: OpenedValidator, text: string): Promise<NetworkFile> {
  const network = await verifyNetworkFile(text, { previous: opened.network })
  const state = readState(opened.files)
  const fingerprint = networkFileFingerprint(network)
  await writeState(opened.files, { ...state, nextFingerprint: fingerprint })
  await writeFileWhole(opened.files.networkFile, networkFileText(parseNetworkFile(text)), 0o644)
  await writeState(opened.files, { ...state, fingerprint, nextFingerprint: null })
  return network
}

function readJson(file: string): unknown {
  try {
    const value = JSON.parse(readFile(file)) as { version?: unknown }
    if (value.version === 1) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new ValidatorError('ERR_VALIDATOR_FOLDER', `${file.split('/').at(-1)} in the node's folder is damaged; restore it from a backup`)
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ValidatorError('ERR_VALIDATOR_FOLDER', `${file.split('/').at(-1)} in the node's folder cannot be read (${code ?? 'unknown'})`)
  }
}
