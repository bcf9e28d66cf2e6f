import { type Clock, systemClock } from '@hufu/primitives'
import type { Prover } from '@hufu/proofs'
import { BackgroundWork } from './background-work.ts'
import { backUp, openBackup } from './backup/back-up.ts'
import { WalletError } from './errors.ts'
import { heldCredentials } from './held-credentials.ts'
import { browserPasskeys, type PasskeyDevice } from './keys/passkey-device.ts'
import { generateSeed, SeedKeys } from './keys/seed-keys.ts'
import { SeedLock } from './keys/seed-lock.ts'
import { type LinkKind, linkKindOf } from './link-kind.ts'
import { type LedgerView, openLedgerView } from './network/ledger-view.ts'
import { type NetworkFile, parseNetworkFile } from './network/network-file.ts'
import { answerRequest, declineRequest } from './present/answer-request.ts'
import { type OpenedRequest, openRequest, type RefusedRequest } from './present/open-request.ts'
import { circuitFilesOf } from './proofs/circuit-files.ts'
import { type EpochReader, openEpochReader } from './proofs/epoch-reader.ts'
import { openProver } from './proofs/open-prover.ts'
import { ZkProofs } from './proofs/zk-proofs.ts'
import { collectOffer } from './receive/collect-offer.ts'
import { type OpenedOffer, openOffer } from './receive/open-offer.ts'
import type { HistoryRecord } from './records.ts'
import { refusalOf, walletErrorOf } from './refusals.ts'
import { removeCredential } from './remove-credential.ts'
import { type Session, writeHistory } from './session.ts'
import { SealedStore } from './store/sealed-store.ts'
import { WalletDatabase } from './store/wallet-database.ts'
import type {
  AcceptedOffer,
  BackupFile,
  Connection,
  HeldCredential,
  HistoryEntry,
  Offer,
  PresentationRequest,
  ProgressOptions,
  Refusal,
  SentAnswer,
  Unlocking,
  UnlockMethod,
  Wallet,
  WalletEvent,
  WalletSettings,
  WalletState,
} from './wallet.ts'

/** What a wallet stands on; a browser has all of it, and a test brings its own. */
export interface OpenWalletOptions {
  /** Where `network.json` and `circuits/` are, with a slash at its end; default the page's folder. */
  readonly baseUrl?: string
  readonly fetch?: typeof fetch
  readonly clock?: Clock
  /** Default `hufu-wallet`. */
  readonly databaseName?: string
  readonly passkeys?: PasskeyDevice
  /** Default: in Web Workers. */
  readonly prover?: Prover
  /** Default: the light client over the network file's validators. */
  readonly ledger?: LedgerView
  /** Default: any institution's node, believed in nothing. */
  readonly epochs?: EpochReader
  /** Iterations of PBKDF2, for tests. */
  readonly iterations?: number
}

const settingsName = 'settings'
const fileName = 'network-file'
const defaultSettings: WalletSettings = { language: 'zh-CN', autoLockMs: 300_000 }
const backgroundEveryMs = 60_000

/**
 * Opens the wallet of this browser.
 *
 * @throws WalletError `ERR_WALLET_NETWORK_FILE`: there is no good `network.json`, and none was here before; `ERR_WALLET_STORE`
 */
export async function openWallet(options: OpenWalletOptions = {}): Promise<Wallet> {
  const { fetch = globalThis.fetch.bind(globalThis), clock = systemClock, databaseName = 'hufu-wallet' } = options
  const baseUrl = options.baseUrl ?? new URL('.', globalThis.location.href.split('#')[0]).href
  const database = await WalletDatabase.open(databaseName)
  const file = await loadNetworkFile(database, fetch, baseUrl)
  const lock = await SeedLock.open({
    database,
    passkeys: options.passkeys ?? browserPasskeys(),
    nowMs: () => clock.nowMs(),
    ...(options.iterations === undefined ? {} : { iterations: options.iterations }),
  })
  const settings = { ...defaultSettings, ...((await database.plain(settingsName)) as Partial<WalletSettings> | undefined) }
  const prover = options.prover ?? openProver(circuitFilesOf(file, { baseUrl, fetch, caches: globalThis.caches }))
  return new BrowserWallet({ database, file, fetch, clock, lock, settings, prover, options })
}

/** The newest one, or offline that of last time. */
async function loadNetworkFile(database: WalletDatabase, fetch: typeof globalThis.fetch, baseUrl: string): Promise<NetworkFile> {
  const kept = (await database.plain(fileName)) as string | undefined
  let text: string | undefined
  try {
    const response = await fetch(`${baseUrl}network.json`, { credentials: 'omit', cache: 'no-cache' })
    if (response.ok) text = await response.text()
  } catch {
    // Offline.
  }
  if (text === undefined && kept === undefined) throw new WalletError('ERR_WALLET_NETWORK_FILE', 'network.json: expected beside the wallet')
  const file = parseNetworkFile((text ?? kept)!)
  if (text !== undefined && text !== kept) await database.writePlain({ [fileName]: text })
  return file
}

interface Parts {
  readonly database: WalletDatabase
  readonly file: NetworkFile
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly lock: SeedLock
  readonly settings: WalletSettings
  readonly prover: Prover
  readonly options: OpenWalletOptions
}

/** An open wallet's session and what belongs to it. */
interface OpenState {
  readonly session: Session
  readonly work: BackgroundWork
  readonly ending: AbortController
  readonly timer: ReturnType<typeof setInterval>
  readonly offers: Map<string, OpenedOffer>
  readonly requests: Map<string, OpenedRequest>
}

class BrowserWallet implements Wallet {
  readonly #parts: Parts
  readonly #ledger: LedgerView
  readonly #listeners = new Set<(event: WalletEvent) => void>()
  #settings: WalletSettings
  #connection: Connection
  #open: OpenState | undefined
  #lastUseMs: number

  constructor(parts: Parts) {
    const { file, database, fetch, clock } = parts
    this.#parts = parts
    this.#settings = parts.settings
    this.#connection = { online: globalThis.navigator?.onLine !== false, network: file.network.name }
    this.#lastUseMs = clock.nowMs()
    const { ledger } = parts.options
    this.#ledger =
      ledger ??
      openLedgerView({
        file,
        database,
        fetch,
        clock,
        onNewest: (blockIndex, checkedAtMs) => this.#connect({ online: true, blockIndex, checkedAtMs }),
      })
    globalThis.addEventListener?.('online', () => {
      this.#connect({ online: true })
      if (this.#open !== undefined) this.#workSoon(this.#open)
    })
    globalThis.addEventListener?.('offline', () => this.#connect({ online: false }))
  }

  get state(): WalletState {
    if (this.#open !== undefined) return 'open'
    return this.#parts.lock.method === undefined ? 'new' : 'locked'
  }

  get method(): UnlockMethod | undefined {
    return this.#parts.lock.method
  }

  get settings(): WalletSettings {
    return this.#settings
  }

  get connection(): Connection {
    return this.#connection
  }

  get pinWaitMs(): number {
    return this.#parts.lock.waitMs
  }

  canUsePasskey(): Promise<boolean> {
    return (this.#parts.options.passkeys ?? browserPasskeys()).isSupported()
  }

  async create(by: Unlocking): Promise<void> {
    this.#expect('new')
    await this.#begin(generateSeed(), by)
  }

  async unlock(by: Unlocking): Promise<void> {
    this.#expect('locked')
    const seed = await this.#parts.lock.seed(by)
    try {
      await this.#start(seed)
    } finally {
      seed.fill(0)
    }
  }

  lock(): void {
    const open = this.#open
    if (open === undefined) return
    clearInterval(open.timer)
    open.ending.abort()
    this.#open = undefined
    this.#parts.prover.close()
    this.#emit({ type: 'state', state: this.state })
  }

  async changeMethod(from: Unlocking, to: Unlocking): Promise<void> {
    const seed = await this.#parts.lock.seed(from)
    try {
      await this.#parts.lock.keep(seed, to)
    } finally {
      seed.fill(0)
    }
  }

  touch(): void {
    // A device that slept did not count: the time does.
    if (this.#isIdle()) this.lock()
    this.#lastUseMs = this.#parts.clock.nowMs()
  }

  async updateSettings(changes: Partial<WalletSettings>): Promise<void> {
    this.#settings = { ...this.#settings, ...changes }
    await this.#parts.database.writePlain({ [settingsName]: this.#settings })
    this.#emit({ type: 'settings' })
  }

  async credentials(): Promise<readonly HeldCredential[]> {
    return heldCredentials(this.#session)
  }

  async remove(credentialId: string): Promise<void> {
    await removeCredential(this.#session, credentialId)
  }

  async refresh(): Promise<void> {
    const open = this.#open
    if (open === undefined) return
    try {
      await this.#ledger.now()
    } catch (error) {
      if (walletErrorOf(error, 'link').code !== 'ERR_WALLET_OFFLINE') throw error
      this.#connect({ online: false })
    }
    await open.work.run({ statuses: 'now' })
  }

  async open(text: string, options: { readonly from?: 'link' | 'scan' } = {}): Promise<Offer | PresentationRequest | Refusal> {
    const open = this.#opened
    const kind = linkKindOf(text)
    if (kind === 'offer') {
      try {
        const opened = await openOffer(open.session, text)
        open.offers.set(opened.preview.id, opened)
        return opened.preview
      } catch (error) {
        return this.#refuse(open.session, error, kind, {})
      }
    }
    if (kind === undefined) return refusalOf(new WalletError('ERR_WALLET_LINK', 'link: expected an offer or a request'), 'link')
    let known: Partial<RefusedRequest> = {}
    try {
      const learn = (more: Partial<RefusedRequest>): void => {
        known = { ...known, ...more }
      }
      const opened = await openRequest(open.session, text, options.from ?? 'link', learn)
      open.requests.set(opened.preview.id, opened)
      return opened.preview
    } catch (error) {
      return this.#refuse(open.session, error, kind, known)
    }
  }

  async accept(offer: Offer, options: ProgressOptions & { readonly txCode?: string } = {}): Promise<AcceptedOffer> {
    const open = this.#opened
    const opened = open.offers.get(offer.id)
    if (opened === undefined) throw new WalletError('ERR_WALLET_STATE', 'offer: expected one of this session')
    const accepted = await told('offer', () => collectOffer(open.session, opened, options))
    open.offers.delete(offer.id)
    this.#workSoon(open)
    return accepted
  }

  async answer(request: PresentationRequest, optionId: string, options: ProgressOptions = {}): Promise<SentAnswer> {
    const open = this.#opened
    const opened = open.requests.get(request.id)
    if (opened === undefined) throw new WalletError('ERR_WALLET_STATE', 'request: expected one of this session')
    // One answer a request: its nonce counts once.
    open.requests.delete(request.id)
    try {
      return await told('request', () => answerRequest(open.session, opened, optionId, options))
    } catch (error) {
      // Nothing was sent of what was cancelled or failed before.
      if (error instanceof WalletError && error.code !== 'ERR_WALLET_ANSWER_REFUSED') open.requests.set(request.id, opened)
      throw error
    }
  }

  async decline(request: PresentationRequest): Promise<{ readonly redirectUri?: string }> {
    const open = this.#opened
    const opened = open.requests.get(request.id)
    if (opened === undefined) return {}
    open.requests.delete(request.id)
    return declineRequest(open.session, opened)
  }

  async history(): Promise<readonly HistoryEntry[]> {
    const entries = await this.#session.store.list<HistoryRecord>('history')
    return entries.toSorted((left, right) => right.timeMs - left.timeMs)
  }

  async backup(passphrase: string, by: Unlocking): Promise<BackupFile> {
    const { session } = this.#opened
    const seed = await this.#parts.lock.seed(by)
    try {
      const file = await backUp(session, seed, passphrase, this.#parts.options.iterations)
      this.#emit({ type: 'credentials' })
      return file
    } finally {
      seed.fill(0)
    }
  }

  async restore(text: string, passphrase: string, by: Unlocking): Promise<void> {
    this.#expect('new')
    const { clock, file, database } = this.#parts
    const opened = await openBackup(text, passphrase, { network: file.network.name, nowMs: clock.nowMs() })
    await opened.fill(database)
    await this.#begin(opened.seed, by)
  }

  async erase(): Promise<void> {
    this.lock()
    await this.#parts.database.erase()
    await globalThis.caches?.delete('hufu-circuits')
  }

  subscribe(listener: (event: WalletEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Keeps a new seed and opens the wallet with it. */
  async #begin(seed: Uint8Array<ArrayBuffer>, by: Unlocking): Promise<void> {
    try {
      await this.#parts.lock.keep(seed, by)
      await this.#start(seed)
    } finally {
      seed.fill(0)
    }
  }

  async #start(seed: Uint8Array<ArrayBuffer>): Promise<void> {
    const { database, file, fetch, clock, prover, options } = this.#parts
    const keys = await SeedKeys.of(seed)
    const store = new SealedStore(database, keys.dataKey)
    const ledger = this.#ledger
    const epochs = options.epochs ?? openEpochReader({ file, ledger, fetch, clock })
    const proofs = new ZkProofs({ prover, epochs, store, secret: () => keys.proofSecret(), clock })
    const ending = new AbortController()
    const emit = (event: WalletEvent): void => {
      if (!ending.signal.aborted) this.#emit(event)
    }
    const session: Session = { file, ledger, fetch, clock, keys, store, proofs, emit }
    const work = new BackgroundWork(session, ending.signal)
    const timer = setInterval(() => this.#tick(), backgroundEveryMs)
    const open: OpenState = { session, work, ending, timer, offers: new Map(), requests: new Map() }
    this.#open = open
    this.#lastUseMs = clock.nowMs()
    this.#emit({ type: 'state', state: 'open' })
    this.#workSoon(open)
  }

  #tick(): void {
    if (this.#isIdle()) this.lock()
    else if (this.#open !== undefined) this.#workSoon(this.#open)
  }

  #workSoon({ work }: OpenState): void {
    if (globalThis.navigator?.onLine === false) return
    // Whatever nobody foresaw there is the console's, and the next round's to try again.
    void work.run().catch(error => console.error(error))
  }

  #isIdle(): boolean {
    const { autoLockMs } = this.#settings
    return this.#open !== undefined && autoLockMs > 0 && this.#parts.clock.nowMs() - this.#lastUseMs >= autoLockMs
  }

  async #refuse(session: Session, error: unknown, kind: LinkKind, { party, queryId }: Partial<RefusedRequest>): Promise<Refusal> {
    const refusal = refusalOf(error, kind, party)
    if (refusal.code === 'ERR_WALLET_OFFLINE') this.#connect({ online: false })
    else if (kind === 'request')
      await writeHistory(session, {
        ...{ timeMs: session.clock.nowMs(), action: 'refused', code: refusal.code, reason: refusal.reason },
        ...{ credentials: [], shown: [], proven: [], transaction: [] },
        ...(party === undefined ? {} : { party }),
        ...(queryId === undefined ? {} : { queryId }),
      })
    return refusal
  }

  get #opened(): OpenState {
    if (this.#open === undefined) throw new WalletError('ERR_WALLET_LOCKED', 'wallet: expected to be open')
    return this.#open
  }

  get #session(): Session {
    return this.#opened.session
  }

  #expect(state: WalletState): void {
    if (this.state !== state) throw new WalletError('ERR_WALLET_STATE', `wallet: expected the state ${state}`)
  }

  #connect(changes: Partial<Connection>): void {
    const before = this.#connection
    this.#connection = { ...before, ...changes }
    if (before.online !== this.#connection.online || before.blockIndex !== this.#connection.blockIndex) this.#emit({ type: 'connection' })
  }

  #emit(event: WalletEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

async function told<Result>(about: 'offer' | 'request', task: () => Promise<Result>): Promise<Result> {
  try {
    return await task()
  } catch (error) {
    throw walletErrorOf(error, about)
  }
}
