import { concatBytes, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { WalletError } from '../errors.ts'
import type { WalletDatabase } from '../store/wallet-database.ts'
import type { Unlocking, UnlockMethod } from '../wallet.ts'
import type { PasskeyDevice } from './passkey-device.ts'

/** The wrapped seed as it is kept. */
interface WrappedSeed {
  readonly version: 1
  readonly method: UnlockMethod
  readonly salt: Uint8Array<ArrayBuffer>
  readonly iv: Uint8Array<ArrayBuffer>
  readonly wrapped: Uint8Array<ArrayBuffer>
  /** Of PBKDF2, with a PIN. */
  readonly iterations?: number
  /** HMAC-SHA-256, non-extractable: what is copied out of the page without it helps nobody to try PINs. */
  readonly deviceKey?: CryptoKey
  /** Of the passkey. */
  readonly credentialId?: Uint8Array<ArrayBuffer>
}

/** Wrong PINs in a row. */
interface Attempts {
  readonly failures: number
  readonly lastMs: number
}

const seedName = 'seed'
const attemptsName = 'attempts'
/** OWASP's figure for PBKDF2-HMAC-SHA-256 (2023). */
const pinIterations = 600_000
const freeAttempts = 3
const firstWaitMs = 30_000
const longestWaitMs = 3_600_000

export interface SeedLockOptions {
  readonly database: WalletDatabase
  readonly passkeys: PasskeyDevice
  readonly nowMs: () => number
  /** For tests; default 600,000. */
  readonly iterations?: number
}

/** Keeps the seed, wrapped by PIN or passkey (AES-256-GCM). */
export class SeedLock {
  readonly #options: SeedLockOptions
  #wrapped: WrappedSeed | undefined
  #attempts: Attempts

  private constructor(options: SeedLockOptions, wrapped: WrappedSeed | undefined, attempts: Attempts) {
    this.#options = options
    this.#wrapped = wrapped
    this.#attempts = attempts
  }

  static async open(options: SeedLockOptions): Promise<SeedLock> {
    const wrapped = (await options.database.plain(seedName)) as WrappedSeed | undefined
    const attempts = ((await options.database.plain(attemptsName)) as Attempts | undefined) ?? { failures: 0, lastMs: 0 }
    if (wrapped !== undefined && wrapped.version !== 1) throw new WalletError('ERR_WALLET_STORE', 'seed: expected version 1')
    return new SeedLock(options, wrapped, attempts)
  }

  /** Undefined while there is no seed. */
  get method(): UnlockMethod | undefined {
    return this.#wrapped?.method
  }

  /** Milliseconds until a PIN can be tried. A clock that was set back does not shorten it. */
  get waitMs(): number {
    const { failures, lastMs } = this.#attempts
    if (failures < freeAttempts) return 0
    const waitMs = Math.min(firstWaitMs * 2 ** (failures - freeAttempts), longestWaitMs)
    const sinceMs = this.#options.nowMs() - lastMs
    return sinceMs < 0 ? waitMs : Math.max(0, waitMs - sinceMs)
  }

  /**
   * Wraps a seed; one that was there before is replaced.
   *
   * @throws WalletError `ERR_WALLET_PIN_FORM`, `ERR_WALLET_PASSKEY`, `ERR_WALLET_PASSKEY_UNSUPPORTED`, `ERR_WALLET_STORE`
   */
  async keep(seed: Uint8Array<ArrayBuffer>, by: Unlocking): Promise<void> {
    const wrapped = 'pin' in by ? await this.#wrapByPin(seed, by.pin) : await this.#wrapByPasskey(seed)
    const attempts: Attempts = { failures: 0, lastMs: 0 }
    await this.#options.database.writePlain({ [seedName]: wrapped, [attemptsName]: attempts })
    this.#wrapped = wrapped
    this.#attempts = attempts
  }

  /**
   * Unwraps the seed. The caller wipes it.
   *
   * @throws WalletError `ERR_WALLET_PIN`, `ERR_WALLET_PIN_WAIT`, `ERR_WALLET_PASSKEY`, `ERR_WALLET_STATE`: no seed, or the other method
   */
  async seed(by: Unlocking): Promise<Uint8Array<ArrayBuffer>> {
    const wrapped = this.#wrapped
    if (wrapped === undefined || wrapped.method !== ('pin' in by ? 'pin' : 'passkey'))
      throw new WalletError('ERR_WALLET_STATE', 'seed: expected the method that it is wrapped by')
    if (!('pin' in by)) {
      const secret = await this.#options.passkeys.secretOf(wrapped.credentialId!, wrapped.salt)
      return unwrap(wrapped, await passkeyKey(secret), 'ERR_WALLET_PASSKEY')
    }
    // Another tab may have counted, too.
    this.#attempts = ((await this.#options.database.plain(attemptsName)) as Attempts | undefined) ?? this.#attempts
    const { waitMs } = this
    if (waitMs > 0) throw new WalletError('ERR_WALLET_PIN_WAIT', 'PIN: too many wrong ones', { waitMs })
    // Counted before it is tried: ending the page in between gains nothing.
    await this.#count({ failures: this.#attempts.failures + 1, lastMs: this.#options.nowMs() })
    const seed = await unwrap(wrapped, await pinKey(by.pin, wrapped), 'ERR_WALLET_PIN')
    await this.#count({ failures: 0, lastMs: 0 })
    return seed
  }

  async #count(attempts: Attempts): Promise<void> {
    await this.#options.database.writePlain({ [attemptsName]: attempts })
    this.#attempts = attempts
  }

  async #wrapByPin(seed: Uint8Array<ArrayBuffer>, pin: string): Promise<WrappedSeed> {
    if (!isGoodPin(pin)) throw new WalletError('ERR_WALLET_PIN_FORM', 'PIN: expected 6 to 12 digits, not all the same nor in a row')
    const deviceKey = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const terms = { salt: randomBytes(16), iterations: this.#options.iterations ?? pinIterations, deviceKey }
    return { version: 1, method: 'pin', ...terms, ...(await wrap(seed, await pinKey(pin, terms))) }
  }

  async #wrapByPasskey(seed: Uint8Array<ArrayBuffer>): Promise<WrappedSeed> {
    const salt = randomBytes(32)
    const { credentialId, secret } = await this.#options.passkeys.create(salt)
    return { version: 1, method: 'passkey', salt, credentialId, ...(await wrap(seed, await passkeyKey(secret))) }
  }
}

const purpose = utf8ToBytes('hufu wallet 1: seed')

async function wrap(seed: Uint8Array<ArrayBuffer>, key: CryptoKey): Promise<Pick<WrappedSeed, 'iv' | 'wrapped'>> {
  const iv = randomBytes(12)
  return { iv, wrapped: new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: purpose }, key, seed)) }
}

async function unwrap(
  { iv, wrapped }: WrappedSeed,
  key: CryptoKey,
  code: 'ERR_WALLET_PIN' | 'ERR_WALLET_PASSKEY',
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: purpose }, key, wrapped))
  } catch (cause) {
    throw new WalletError(code, 'seed: does not open', { cause })
  }
}

async function pinKey(
  pin: string,
  { salt, iterations, deviceKey }: Pick<WrappedSeed, 'salt' | 'iterations' | 'deviceKey'>,
): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', utf8ToBytes(pin), 'PBKDF2', false, ['deriveBits'])
  const slow = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: iterations! }, base, 256)
  const bound = await crypto.subtle.sign('HMAC', deviceKey!, concatBytes(purpose, new Uint8Array(slow)))
  return crypto.subtle.importKey('raw', bound, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

async function passkeyKey(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: purpose }
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** What a person tries first is what others try first. */
export function isGoodPin(pin: string): boolean {
  if (!/^[0-9]{6,12}$/.test(pin)) return false
  const steps = [...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10)
  return !steps.every(step => step === steps[0] && (step === 0 || step === 1 || step === 9))
}
