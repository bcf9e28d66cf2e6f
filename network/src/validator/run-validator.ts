import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLock, type Unlock } from '@hufu/files'
import { lastLogLines, type NodeProcess, startConfiguredNode } from '../node-process.ts'
import { AskNode, type AskOptions } from './ask-node.ts'
import { compareWithFleet, type FleetComparison } from './compare-with-fleet.ts'
import { ValidatorError } from './errors.ts'
import { greetPeer } from './greet-peer.ts'
import { hashOfFile } from './hash-of-file.ts'
import { type LetGo, requireIdleKey, takeKey } from './key-lease.ts'
import { type FleetLook, lookAtFleet } from './look-at-fleet.ts'
import { softwareFor } from './network-file.ts'
import { validatorConfig } from './validator-config.ts'
import {
  type OpenedValidator,
  openValidator,
  readState,
  requireSeat,
  type ValidatorState,
  writeHeartbeat,
  writeState,
} from './validator-folder.ts'
import { openWalletKey, type ValidatorWallet } from './validator-wallet.ts'

/** What running a node needs beside its folder. */
export interface RunOptions {
  /** Opens the wallet; not asked for by an observer. */
  readonly password: () => Promise<string>
  readonly platform: string
  readonly fetch?: typeof globalThis.fetch
  readonly nowMs?: () => number
  /** Told of every change: for logs and people. */
  readonly onStep?: (step: RunStep) => void
}

/** What a running node does. */
export type RunStep =
  | { readonly kind: 'catchingUp'; readonly height: number; readonly headHeight: number }
  | { readonly kind: 'caughtUp'; readonly comparison: FleetComparison }
  | { readonly kind: 'onDuty'; readonly height: number }
  | { readonly kind: 'restarted' }

/** A node that this process runs. */
export interface RunningValidator {
  readonly pid: () => number
  /** It signs, or would if it were voted in. */
  readonly isOnDuty: () => boolean
  /** Ends the node in order and starts it again with the program, network file and wallet that are in the folder now. @throws ValidatorError `ERR_VALIDATOR_UPGRADE` */
  restart(): Promise<void>
  stop(): Promise<void>
  /** Settles when the node has ended: in order, or by itself, with the reason. */
  readonly ended: Promise<ValidatorError | undefined>
}

const answerTimeoutMs = 3_000
const beatMs = 1_000
const startWithinMs = 60_000
const pollMs = 100
/** A node so far behind its own last block of record has data of another day: it looks first. */
const farBehindBlocks = 200

/**
 * Runs the node of a folder, as its network file, settings and state say. A validator signs only once it has the blocks of the others, and never while its key
 * runs elsewhere.
 *
 * @throws FileError `ERR_FILE_LOCKED`: another process runs this folder
 * @throws ValidatorError as `openValidator`; `ERR_VALIDATOR_BINARY`: not a program that the network file names; `ERR_VALIDATOR_PASSWORD`;
 *   `ERR_VALIDATOR_KEY_LIVE`; `ERR_VALIDATOR_SEAT`: the network file names another key; `ERR_VALIDATOR_FOLDER`: it left the network;
 *   `ERR_VALIDATOR_UNREACHABLE`: it must catch up, and nobody is there
 */
export async function runValidator(path: string, options: RunOptions): Promise<RunningValidator> {
  const opened = await openValidator(path)
  const unlock = await takeLock(opened.files.lock)
  const held = new HeldKeys()
  try {
    await requireKnownBinary(opened, options.platform)
    const password = await openKey(opened, options)
    if (password !== null) await held.take(opened.wallet!)
    const mustCatchUp = password !== null && (await checkBeforeStart(opened, options))
    return new Runner(opened, options, password, mustCatchUp, unlock, held)
  } catch (error) {
    await held.letGo()
    await unlock()
    throw error
  }
}

/** The wallet's key for the node's seat; one that is not voted in yet too. */
function ownKey({ network, settings, wallet }: OpenedValidator): string {
  return requireSeat(network, wallet!, settings.seat!)
}

async function openKey(opened: OpenedValidator, { password: ask }: RunOptions): Promise<string | null> {
  if (opened.settings.role === 'observer') return null
  if (opened.state.phase === 'left')
    throw new ValidatorError('ERR_VALIDATOR_FOLDER', 'this validator left the network; a new one begins with a new key and folder')
  const password = await ask()
  await openWalletKey(opened.wallet!, ownKey(opened), password)
  return password
}

/** @returns whether it must look on before it takes part */
async function checkBeforeStart(opened: OpenedValidator, options: RunOptions): Promise<boolean> {
  const { network, state, settings, wallet } = opened
  const ask = askOptions(options)
  const fleet = await lookAtFleet(network, ask, nowOf(options))
  await requireIdleKey({
    network,
    publicKeys: wallet!.keys.map(key => key.publicKey),
    seat: settings.seat!,
    heartbeat: state.heartbeat,
    fleet,
    greet: address => greetPeer(address, answerTimeoutMs),
    ask,
  })
  const head = fleet.head?.blockIndex ?? 0
  const mustCatchUp = state.mustCatchUp || head - (state.heartbeat?.height ?? 0) > farBehindBlocks
  if (mustCatchUp && head === 0)
    throw new ValidatorError('ERR_VALIDATOR_UNREACHABLE', 'this node must first have the blocks of the others, and no validator answers')
  return mustCatchUp
}

/** @throws ValidatorError `ERR_VALIDATOR_BINARY` */
async function requireKnownBinary({ files, network }: OpenedValidator, platform: string): Promise<void> {
  const hash = await hashOfFile(files.binary).catch(() => undefined)
  if (hash === undefined) throw new ValidatorError('ERR_VALIDATOR_BINARY', 'there is no neo-go in the folder of the node')
  if (!softwareFor(network, platform).some(each => each.sha256 === hash))
    throw new ValidatorError('ERR_VALIDATOR_BINARY', 'neo-go in the folder of the node is not one that the network file names')
}

function askOptions({ fetch = globalThis.fetch }: Pick<RunOptions, 'fetch'>): AskOptions {
  return { fetch, timeoutMs: answerTimeoutMs }
}

function nowOf({ nowMs = Date.now }: Pick<RunOptions, 'nowMs'>): number {
  return nowMs()
}

/** Keys that this process has for itself on this machine. */
class HeldKeys {
  readonly #held = new Map<string, LetGo>()

  async take({ keys }: ValidatorWallet): Promise<void> {
    for (const { publicKey } of keys) if (!this.#held.has(publicKey)) this.#held.set(publicKey, await takeKey(publicKey))
  }

  async letGo(): Promise<void> {
    await Promise.all([...this.#held.values()].map(each => each()))
  }
}

class Runner implements RunningValidator {
  #opened: OpenedValidator
  readonly #options: RunOptions
  readonly #password: string | null
  readonly #unlock: Unlock
  readonly #held: HeldKeys
  #mustCatchUp: boolean
  #process: NodeProcess
  #isStopping = false
  #isSwapping = false
  readonly ended: Promise<ValidatorError | undefined>

  constructor(opened: OpenedValidator, options: RunOptions, password: string | null, mustCatchUp: boolean, unlock: Unlock, held: HeldKeys) {
    this.#opened = opened
    this.#options = options
    this.#password = password
    this.#mustCatchUp = mustCatchUp
    this.#unlock = unlock
    this.#held = held
    this.#process = this.#start()
    this.ended = this.#beat()
  }

  pid = (): number => this.#process.pid

  isOnDuty = (): boolean => this.#password !== null && !this.#mustCatchUp

  async restart(): Promise<void> {
    const opened = await openValidator(this.#opened.files.folder)
    await requireKnownBinary(opened, this.#options.platform)
    if (this.#password !== null) await this.#held.take(opened.wallet!)
    this.#opened = opened
    this.#isSwapping = true
    try {
      await this.#swap()
      if (!(await this.#answers())) await this.#goBack()
    } finally {
      this.#isSwapping = false
    }
    this.#options.onStep?.({ kind: 'restarted' })
  }

  /** A program that does not start gives its place back to the one from before. */
  async #goBack(): Promise<void> {
    const { files } = this.#opened
    if (existsSync(files.previousBinary)) await rename(files.previousBinary, files.binary)
    await requireKnownBinary(this.#opened, this.#options.platform)
    await this.#swap()
    throw new ValidatorError(
      'ERR_VALIDATOR_UPGRADE',
      'the node did not start with its new program; the one from before is in its place again',
    )
  }

  async #answers(): Promise<boolean> {
    const node = new AskNode(ownRpcUrl(this.#opened), askOptions(this.#options))
    for (const deadline = performance.now() + startWithinMs; performance.now() < deadline; await sleep(pollMs)) {
      if (this.#process.hasEnded()) return false
      if ((await node.version().catch(() => undefined)) !== undefined) return true
    }
    return false
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#process.stop()
    await this.ended
  }

  #start(): NodeProcess {
    const { files, network, settings } = this.#opened
    const password = this.#mustCatchUp ? null : this.#password
    return startConfiguredNode(files, files.binary, validatorConfig({ network, settings, password }))
  }

  async #swap(): Promise<void> {
    await this.#process.stop()
    if (!this.#isStopping) this.#process = this.#start()
  }

  /** Until the node ends: writes down its latest block, and lets it take part once it has those of the others. */
  async #beat(): Promise<ValidatorError | undefined> {
    let failure: ValidatorError | undefined
    try {
      while (!this.#isStopping) {
        await Promise.race([sleep(beatMs), this.#isSwapping ? sleep(beatMs) : this.#process.ended])
        if (this.#isStopping) break
        if (this.#isSwapping) continue
        if (this.#process.hasEnded()) {
          const end = lastLogLines(this.#opened.files, 5)
          failure = new ValidatorError('ERR_VALIDATOR_NODE_ENDED', `the node ended by itself; the end of its log:\n${end}`)
          break
        }
        await this.#remember()
        if (this.#mustCatchUp) await this.#lookIfCaughtUp()
      }
    } catch (error) {
      failure = error as ValidatorError
      await this.#process.stop()
    }
    await this.#held.letGo()
    await this.#unlock()
    return failure
  }

  async #remember(): Promise<void> {
    const node = new AskNode(ownRpcUrl(this.#opened), askOptions(this.#options))
    const header = await node
      .height()
      .then(height => node.header(height))
      .catch(() => undefined)
    if (header === undefined) return
    const { files } = this.#opened
    await writeHeartbeat(files, { height: header.blockIndex, blockHash: header.hash, blockTimeMs: header.timeMs })
  }

  async #lookIfCaughtUp(): Promise<void> {
    const { network, settings, files } = this.#opened
    const ask = askOptions(this.#options)
    const fleet: FleetLook = await lookAtFleet(network, ask, nowOf(this.#options))
    let comparison: FleetComparison
    try {
      comparison = await compareWithFleet(network, ownRpcUrl(this.#opened), settings.seat, fleet, ask)
    } catch (error) {
      if ((error as ValidatorError).code === 'ERR_VALIDATOR_UNREACHABLE') return
      throw error
    }
    if (!comparison.isCaughtUp) {
      this.#options.onStep?.({ kind: 'catchingUp', height: comparison.height, headHeight: comparison.headHeight })
      return
    }
    this.#options.onStep?.({ kind: 'caughtUp', comparison })
    this.#mustCatchUp = false
    const state: ValidatorState = { ...readState(files), mustCatchUp: false, phase: 'onDuty' }
    await writeState(files, state)
    this.#isSwapping = true
    await this.#swap()
    this.#isSwapping = false
    this.#options.onStep?.({ kind: 'onDuty', height: comparison.height })
  }
}

/** Where a node's own RPC answers on its host. */
export function ownRpcUrl({ settings }: Pick<OpenedValidator, 'settings'>): string {
  return `http://${settings.listen.rpc.replace(/^(0\.0\.0\.0|\[::\])/, '127.0.0.1')}`
}
