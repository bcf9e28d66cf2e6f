import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { syncFolder, takeLock, writeFileWhole } from '@hufu/files'
import { generateSecret, importSigner, type Signer } from '@hufu/keys'
import {
  type Account,
  isNetworkName,
  multisigAccount,
  type NetworkDescriptor,
  quorumOf,
  type ScriptHash,
  singleAccount,
} from '@hufu/ledger'
import { base64urlToBytes, bytesToBase64url, bytesToHex } from '@hufu/primitives'
import { NetworkError } from './errors.ts'
import { nodeConfig } from './node-config.ts'
import { freePorts, type NodePorts, portsFrom } from './ports.ts'
import { developmentWallet } from './wallet-file.ts'

/** What a new local network is to be. */
export interface NewNetwork {
  /** Label in its DIDs. */
  readonly name: string
  readonly magic: number
  /** Names of the validators, 1 to 7. */
  readonly validators: readonly string[]
  /** First of three consecutive ports a validator; ports that are free just now if absent. */
  readonly basePort?: number
  /** Keys to use instead of new ones: for tests. One 32-byte secret a validator. */
  readonly secrets?: readonly Uint8Array[]
  /** Likewise for the council's seats. */
  readonly seatSecrets?: readonly Uint8Array[]
}

/** One validator of a local network, as its folder describes it. */
export interface NodeFiles {
  readonly name: string
  readonly ports: NodePorts
  readonly folder: string
  readonly configFile: string
  readonly logFile: string
}

/** A local network's folder, read. Its keys are development keys, in a file that only the owner can read. */
export interface NetworkFolder {
  readonly folder: string
  readonly name: string
  readonly magic: number
  readonly nodes: readonly NodeFiles[]
  readonly signers: readonly Signer[]
  /** Keys of the council's seats: one beside each validator, of the same name, and another key. */
  readonly seatSigners: readonly Signer[]
  readonly seatAccounts: readonly Account[]
  readonly lock: string
  readonly descriptorFile: string
}

interface SecretFile {
  readonly version: 2
  readonly name: string
  readonly magic: number
  readonly validators: readonly { readonly name: string; readonly ports: NodePorts; readonly secret: string; readonly seatSecret: string }[]
}

const secretFileName = 'validators.secret.json'
const lockName = 'running.lock'
const maxValidators = 7
/** Between a folder's name and the id of the process that makes it. */
const unfinished = '.new-'

/**
 * Makes the folder of a local network: keys, wallets and configuration of each node. Nothing half-made is left if it fails or crashes: the folder appears whole.
 *
 * @throws NetworkError `ERR_NETWORK_EXISTS`: the folder is there already
 * @throws TypeError: no validators, over seven, or names that repeat or are no labels; a base port out of range
 */
export async function createNetworkFolder(path: string, network: NewNetwork): Promise<NetworkFolder> {
  checkNames(network)
  const folder = resolve(path)
  if (existsSync(folder)) throw folderExists(folder)
  const count = network.validators.length
  const ports = network.basePort === undefined ? await freePorts(count) : portsFrom(network.basePort, count)
  const secrets = network.secrets ?? network.validators.map(() => generateSecret('P-256'))
  const seatSecrets = network.seatSecrets ?? network.validators.map(() => generateSecret('P-256'))
  const accounts = (await signersOf(secrets)).map(singleAccount)
  // Refused before anything is made, if they are no keys.
  await signersOf(seatSecrets)

  mkdirSync(dirname(folder), { recursive: true })
  removeLeftovers(folder)
  const made = `${folder}${unfinished}${process.pid}`
  try {
    mkdirSync(made, { mode: 0o700 })
    writeNodes(made, { magic: network.magic, ports, secrets, accounts, names: network.validators })
    const content: SecretFile = {
      version: 2,
      name: network.name,
      magic: network.magic,
      validators: network.validators.map((name, index) => ({
        name,
        ports: ports[index]!,
        secret: bytesToBase64url(secrets[index]!),
        seatSecret: bytesToBase64url(seatSecrets[index]!),
      })),
    }
    writeSecret(join(made, secretFileName), `${JSON.stringify(content, null, 2)}\n`)
    renameSync(made, folder)
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    throw code === 'ENOTEMPTY' || code === 'EEXIST' ? folderExists(folder) : error
  }
  await syncFolder(dirname(folder))
  return openNetworkFolder(folder)
}

function checkNames({ name, validators }: NewNetwork): void {
  if (validators.length < 1 || validators.length > maxValidators || new Set(validators).size !== validators.length)
    throw new TypeError(`expected 1 to ${maxValidators} validators with names of their own`)
  if (![name, ...validators].every(isNetworkName))
    throw new TypeError('expected names of lower-case letters and digits in groups joined by -, at most 32 characters')
}

function folderExists(folder: string): NetworkError {
  return new NetworkError(
    'ERR_NETWORK_EXISTS',
    `folder ${basename(folder)} is there already; wipe the network first, or choose another folder`,
  )
}

/** Removes what processes that crashed while they made this folder left behind. */
function removeLeftovers(folder: string): void {
  const prefix = `${basename(folder)}${unfinished}`
  for (const entry of readdirSync(dirname(folder))) {
    if (!entry.startsWith(prefix) || isRunning(Number(entry.slice(prefix.length)))) continue
    rmSync(join(dirname(folder), entry), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  return pid !== process.pid && existsSync(`/proc/${pid}`)
}

interface NewNodes {
  readonly names: readonly string[]
  readonly magic: number
  readonly ports: readonly NodePorts[]
  readonly secrets: readonly Uint8Array[]
  readonly accounts: readonly Account[]
}

function writeNodes(folder: string, { names, magic, ports, secrets, accounts }: NewNodes): void {
  const publicKeys = accounts.map(account => bytesToHex(account.publicKeys[0]!.bytes))
  for (const [index, name] of names.entries()) {
    const files = nodeFiles(folder, name, ports[index]!)
    mkdirSync(files.folder)
    writeSecret(join(files.folder, 'wallet.json'), developmentWallet(secrets[index]!, accounts[index]!))
    writeSecret(files.configFile, nodeConfig({ magic, publicKeys, ports, index, walletFile: 'wallet.json', databaseFile: 'chain.bolt' }))
  }
}

/** Reads a network's folder. @throws NetworkError `ERR_NETWORK_MISSING`, `ERR_NETWORK_DAMAGED` */
export async function openNetworkFolder(path: string): Promise<NetworkFolder> {
  const folder = resolve(path)
  refuseMissing(folder)
  try {
    const content = JSON.parse(readFileSync(join(folder, secretFileName), 'utf8')) as SecretFile
    if (content.version !== 2) throw new TypeError('unknown version')
    const seatSigners = await signersOf(content.validators.map(({ seatSecret }) => base64urlToBytes(seatSecret)))
    return {
      folder,
      name: content.name,
      magic: content.magic,
      nodes: content.validators.map(({ name, ports }) => nodeFiles(folder, name, ports)),
      signers: await signersOf(content.validators.map(({ secret }) => base64urlToBytes(secret))),
      seatSigners,
      seatAccounts: seatSigners.map(singleAccount),
      lock: join(folder, lockName),
      descriptorFile: join(folder, 'network.json'),
    }
  } catch (cause) {
    // The cause may quote the file, which holds keys: only its kind is passed on.
    throw new NetworkError(
      'ERR_NETWORK_DAMAGED',
      `the network in folder ${basename(folder)} cannot be read (${cause instanceof Error ? cause.name : 'unknown'}); wipe it and make it again`,
    )
  }
}

function signersOf(secrets: readonly Uint8Array[]): Promise<readonly Signer[]> {
  return Promise.all(secrets.map(secret => importSigner('P-256', secret)))
}

function refuseMissing(folder: string): void {
  if (!existsSync(join(folder, secretFileName)))
    throw new NetworkError('ERR_NETWORK_MISSING', `folder ${basename(resolve(folder))} holds no network; make one first`)
}

/** Removes a network with all its data, a damaged one too. @throws FileError `ERR_FILE_LOCKED`: stop it first; NetworkError `ERR_NETWORK_MISSING` */
export async function wipeNetwork(folder: string): Promise<void> {
  refuseMissing(folder)
  await takeLock(join(folder, lockName))
  rmSync(folder, { recursive: true, force: true })
}

/** The account of the committee (a majority of the validators): it deploys the contracts, and founds the network. */
export function committeeAccount({ signers }: NetworkFolder): Account {
  return sharedAccount(signers, Math.floor(signers.length / 2) + 1)
}

/** The account that a quorum of the validators controls: the next blocks' `NextConsensus`, and the holder of all GAS at genesis. */
export function validatorsAccount({ signers }: NetworkFolder): Account {
  return sharedAccount(signers, quorumOf(signers.length))
}

function sharedAccount(signers: readonly Signer[], threshold: number): Account {
  return multisigAccount(
    threshold,
    signers.map(signer => signer.publicKey),
    signers,
  )
}

/** The network as clients may know it. `contracts` are the hashes and numbers that deploying gave. */
export function networkDescriptor(network: NetworkFolder, contracts: NetworkDescriptor['contracts']): NetworkDescriptor {
  return {
    name: network.name,
    magic: network.magic,
    validators: network.nodes.map(({ name, ports }, index) => ({
      name,
      publicKey: bytesToHex(network.signers[index]!.publicKey.bytes),
      rpcUrl: `http://127.0.0.1:${ports.rpc}`,
      wsUrl: `ws://127.0.0.1:${ports.rpc}/ws`,
      metricsUrl: `http://127.0.0.1:${ports.metrics}/metrics`,
    })),
    contracts,
  }
}

/** Contracts of a network on which none is deployed yet: hashes that nothing can have. */
export const noContracts: NetworkDescriptor['contracts'] = {
  council: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
  identifiers: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
  trust: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
  status: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
  proofs: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
}

/** Writes the descriptor beside the network, whole or not at all. */
export async function writeDescriptor(network: NetworkFolder, descriptor: NetworkDescriptor): Promise<void> {
  await writeFileWhole(network.descriptorFile, `${JSON.stringify(descriptor, null, 2)}\n`, 0o644)
}

function nodeFiles(folder: string, name: string, ports: NodePorts): NodeFiles {
  const node = join(folder, name)
  return { name, ports, folder: node, configFile: join(node, 'config.yml'), logFile: join(node, 'node.log') }
}

function writeSecret(file: string, content: string): void {
  writeFileSync(file, content, { mode: 0o600, flush: true })
}
