import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { generateSecret, importSigner, type Signer } from '@hufu/keys'
import { type Account, multisigAccount, type NetworkDescriptor, parseNetworkDescriptor, type ScriptHash, singleAccount } from '@hufu/ledger'
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
  readonly lockFile: string
  readonly descriptorFile: string
}

interface SecretFile {
  readonly version: 1
  readonly name: string
  readonly magic: number
  readonly validators: readonly { readonly name: string; readonly ports: NodePorts; readonly secret: string }[]
}

const secretFileName = 'validators.secret.json'
const maxValidators = 7

/**
 * Makes the folder of a local network: keys, wallets and configuration of each node. Nothing half-made is left if it fails or crashes: the folder appears whole.
 *
 * @throws NetworkError `ERR_NETWORK_EXISTS`: the folder holds a network already
 * @throws TypeError: no validators, over seven, or names that repeat
 */
export async function createNetworkFolder(folder: string, network: NewNetwork): Promise<NetworkFolder> {
  const count = network.validators.length
  if (count < 1 || count > maxValidators || new Set(network.validators).size !== count)
    throw new TypeError(`expected 1 to ${maxValidators} validators with names of their own`)
  if (existsSync(folder))
    throw new NetworkError(
      'ERR_NETWORK_EXISTS',
      `folder ${basename(folder)} is there already; wipe the network first, or choose another folder`,
    )
  const ports = network.basePort === undefined ? await freePorts(count) : portsFrom(network.basePort, count)
  const secrets = network.secrets ?? network.validators.map(() => generateSecret('P-256'))
  const accounts = await Promise.all(secrets.map(async secret => singleAccount(await importSigner('P-256', secret))))
  const publicKeys = accounts.map(account => bytesToHex(account.publicKeys[0]!.bytes))

  const made = `${folder}.new-${process.pid}`
  rmSync(made, { recursive: true, force: true })
  mkdirSync(made, { recursive: true, mode: 0o700 })
  for (const [index, name] of network.validators.entries()) {
    const files = nodeFiles(folder, name, ports[index]!)
    const node = join(made, name)
    mkdirSync(node)
    writeSecret(join(node, 'wallet.json'), developmentWallet(secrets[index]!, accounts[index]!))
    const config = nodeConfig({
      magic: network.magic,
      publicKeys,
      ports,
      index,
      walletFile: join(files.folder, 'wallet.json'),
      databaseFile: join(files.folder, 'chain.bolt'),
    })
    writeSecret(join(node, 'config.yml'), config)
  }
  const content: SecretFile = {
    version: 1,
    name: network.name,
    magic: network.magic,
    validators: network.validators.map((name, index) => ({ name, ports: ports[index]!, secret: bytesToBase64url(secrets[index]!) })),
  }
  writeSecret(join(made, secretFileName), `${JSON.stringify(content, null, 2)}\n`)
  mkdirSync(dirname(folder), { recursive: true })
  renameSync(made, folder)
  return openNetworkFolder(folder)
}

/** Reads a network's folder. @throws NetworkError `ERR_NETWORK_MISSING`, `ERR_NETWORK_DAMAGED` */
export async function openNetworkFolder(folder: string): Promise<NetworkFolder> {
  if (!existsSync(join(folder, secretFileName)))
    throw new NetworkError('ERR_NETWORK_MISSING', `folder ${basename(folder)} holds no network; make one first`)
  try {
    const content = JSON.parse(readFileSync(join(folder, secretFileName), 'utf8')) as SecretFile
    if (content.version !== 1) throw new TypeError('unknown version')
    return {
      folder,
      name: content.name,
      magic: content.magic,
      nodes: content.validators.map(({ name, ports }) => nodeFiles(folder, name, ports)),
      signers: await Promise.all(content.validators.map(({ secret }) => importSigner('P-256', base64urlToBytes(secret)))),
      lockFile: join(folder, 'running.lock'),
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

/** Removes a network with all its data. The caller makes sure that it is not running. */
export function removeNetworkFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** The account of the committee (a majority of the validators): owner of the contracts. */
export function committeeAccount({ signers }: NetworkFolder): Account {
  return sharedAccount(signers, Math.floor(signers.length / 2) + 1)
}

/** The account that a quorum of the validators controls: the next blocks' `NextConsensus`, and the holder of all GAS at genesis. */
export function validatorsAccount({ signers }: NetworkFolder): Account {
  return sharedAccount(signers, signers.length - Math.floor((signers.length - 1) / 3))
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
  identifiers: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
  trust: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
  status: { hash: '0'.repeat(40) as ScriptHash, id: 0 },
}

/** Writes the descriptor beside the network, whole or not at all. */
export function writeDescriptor(network: NetworkFolder, descriptor: NetworkDescriptor): void {
  const text = `${JSON.stringify(descriptor, null, 2)}\n`
  parseNetworkDescriptor(text)
  writeFileSync(`${network.descriptorFile}.new`, text, { flush: true })
  renameSync(`${network.descriptorFile}.new`, network.descriptorFile)
}

function nodeFiles(folder: string, name: string, ports: NodePorts): NodeFiles {
  const node = join(folder, name)
  return { name, ports, folder: node, configFile: join(node, 'config.yml'), logFile: join(node, 'node.log') }
}

function writeSecret(file: string, content: string): void {
  writeFileSync(file, content, { mode: 0o600, flush: true })
}
