import { linkSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Signer } from '@hufu/keys'
import { neoGo } from '../node-process.ts'
import { freePorts, type NodePorts } from '../ports.ts'
import { localProtocol } from '../protocol-settings.ts'
import { genesisHash } from './genesis-hash.ts'
import { hashOfFile } from './hash-of-file.ts'
import { type NetworkFile, networkFileFingerprint, networkFileText, type SignedNetworkFile, signNetworkFile } from './network-file.ts'
import { type RunningValidator, type RunStep, runValidator } from './run-validator.ts'
import {
  initValidator,
  makeValidatorFolder,
  type OpenedValidator,
  readWallet,
  type ValidatorFolder,
  validatorFolder,
  writeWallet,
} from './validator-folder.ts'
import { newWallet, openWalletKey, type ValidatorWallet } from './validator-wallet.ts'

/** Password of every wallet of these tests. */
export const testPassword = 'only for tests, this one'
/** The machine that these tests run on, as the network file names it. */
export const testPlatform = 'linux-amd64'
/** Cheap: the standard cost has a test of its own. */
const cheapScrypt = { n: 2, r: 1, p: 1 }

/** A network of validators, each with a folder as a bureau has it, all on this machine. */
export class TestValidators {
  readonly folder: string
  readonly ports: readonly NodePorts[]
  readonly running: (RunningValidator | undefined)[]
  readonly steps: RunStep[][]
  /** The latest network file. */
  file: SignedNetworkFile

  private constructor(folder: string, ports: readonly NodePorts[], file: SignedNetworkFile, count: number) {
    this.folder = folder
    this.ports = ports
    this.file = file
    this.running = Array.from({ length: count }, () => undefined)
    this.steps = Array.from({ length: count }, () => [])
  }

  /** Makes keys, file and folders; `spare` further ports are kept for nodes to come. */
  static async found(count: number, changes: Partial<NetworkFile> = {}, spare = 1): Promise<TestValidators> {
    const folder = mkdtempSync(join(tmpdir(), 'hufu-validators-'))
    const ports = await freePorts(count + spare)
    const wallets: ValidatorWallet[] = []
    for (let index = 0; index < count; index++) {
      const wallet = await newWallet(`city-${index + 1}`, testPassword, cheapScrypt)
      await writeWallet(makeValidatorFolder(join(folder, `city-${index + 1}`)), wallet)
      wallets.push(wallet)
    }
    const file = await signedBy(await testNetworkFile(wallets, ports, changes), wallets)
    const validators = new TestValidators(folder, ports, file, count)
    for (let index = 0; index < count; index++) {
      await validators.init(`city-${index + 1}`, `city-${index + 1}`, index, true)
    }
    return validators
  }

  get network(): NetworkFile {
    return this.file.network
  }

  get fingerprint(): string {
    return networkFileFingerprint(this.network)
  }

  files(index: number): ValidatorFolder {
    return validatorFolder(join(this.folder, `city-${index + 1}`))
  }

  /** Makes a node's folder; its ports are those of `index`. */
  async init(name: string, seat: string | null, index: number, isFounding: boolean): Promise<OpenedValidator> {
    const opened = await initValidator(join(this.folder, name), {
      networkFileText: networkFileText(this.file),
      trust: { fingerprint: this.fingerprint },
      seat,
      listen: listenOn(this.ports[index]!),
      isFounding,
    })
    linkSync(neoGo, opened.files.binary)
    return opened
  }

  async start(index: number): Promise<RunningValidator> {
    const steps = this.steps[index]!
    const running = await runValidator(this.files(index).folder, {
      password: () => Promise.resolve(testPassword),
      platform: testPlatform,
      onStep: step => steps.push(step),
    })
    this.running[index] = running
    return running
  }

  async startAll(): Promise<void> {
    for (const index of this.running.keys()) await this.start(index)
  }

  /** Signs with the keys of all. */
  async sign(network: NetworkFile): Promise<SignedNetworkFile> {
    return signedBy(
      network,
      this.running.map((_, index) => readWallet(this.files(index))),
    )
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(each => each?.stop()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Where a node listens that uses these ports. */
export function listenOn({ p2p, rpc, metrics }: NodePorts): { p2p: string; rpc: string; metrics: string } {
  return { p2p: `127.0.0.1:${p2p}`, rpc: `127.0.0.1:${rpc}`, metrics: `127.0.0.1:${metrics}` }
}

/** A network file over these wallets. */
export async function testNetworkFile(
  wallets: readonly ValidatorWallet[],
  ports: readonly NodePorts[],
  changes: Partial<NetworkFile> = {},
): Promise<NetworkFile> {
  const standbyKeys = wallets.map(wallet => wallet.keys[0]!.publicKey)
  return {
    format: 'hufu-network-file',
    sequence: 1,
    issuedAt: '2026-11-01T00:00:00Z',
    name: 'test',
    magic: 20_260_102,
    production: false,
    validators: wallets.map((wallet, index) => ({
      name: wallet.keys[0]!.label,
      publicKey: wallet.keys[0]!.publicKey,
      p2p: `127.0.0.1:${ports[index]!.p2p}`,
      rpcUrl: `http://127.0.0.1:${ports[index]!.rpc}`,
      metricsUrl: `http://127.0.0.1:${ports[index]!.metrics}/metrics`,
    })),
    genesis: { standbyKeys, hash: genesisHash(standbyKeys) },
    // Idle blocks more often than elsewhere: tests wait for some.
    protocol: { ...localProtocol, maxTimePerBlockMs: 500 },
    software: [{ version: '0.122.0', platform: testPlatform, sha256: await hashOfFile(neoGo) }],
    council: null,
    turnMs: 2_000,
    ...changes,
  }
}

/** Signed with the first key of each wallet, under its label's name. */
export async function signedBy(network: NetworkFile, wallets: readonly ValidatorWallet[]): Promise<SignedNetworkFile> {
  let file: SignedNetworkFile = { network, signatures: [] }
  for (const wallet of wallets) {
    const { publicKey, label } = wallet.keys[0]!
    file = await signNetworkFile(file, label, await openWalletKey(wallet, publicKey, testPassword))
  }
  return file
}

/** A signer with the first key of a test's wallet. */
export function openTestKey(wallet: ValidatorWallet): Promise<Signer> {
  return openWalletKey(wallet, wallet.keys[0]!.publicKey, testPassword)
}
