import { type Clock, systemClock } from '@hufu/primitives'
import { parseDidSyntax } from '../did-syntax.ts'
import { DidError } from '../errors.ts'
import { type DidAssurance, type DidAssurancePolicy, requireDidAssurance } from './did-assurance.ts'
import type { DidDriver, DidOrigin, DriverAnswer, OtherDidDocument, OtherDocumentMetadata } from './did-driver.ts'

/** A DID of any method resolved, and what stands behind the answer. */
export interface OtherDidResolution {
  readonly did: string
  /** Null once deactivated. */
  readonly document: OtherDidDocument | null
  readonly metadata: OtherDocumentMetadata
  readonly assurance: DidAssurance
  readonly source: DidAnswerSource
}

/** Where an answer came from. */
export interface DidAnswerSource extends DidOrigin {
  readonly method: string
  /** Method and version of the driver, such as `web/1`. */
  readonly driver: string
  /** When it was asked for, milliseconds since 1970; with an answer out of the cache, when that was made. */
  readonly retrievedMs: number
}

/** Settings of {@link DidResolver}. */
export interface DidResolverOptions {
  /** One for each method; a DID of another method is `ERR_DID_METHOD`. */
  readonly drivers: readonly DidDriver[]
  /** How old an answer out of the cache may be; default 60 s. */
  readonly maxAgeMs?: number
  /** Answers in the cache; default 1,000. The one that was not asked for the longest gives way. */
  readonly maxEntries?: number
  /** Characters of documents in the cache; default 8,388,608. */
  readonly maxCharacters?: number
  /** Questions under way at once, each about another DID; default 64. */
  readonly maxUnderWay?: number
  readonly clock?: Clock
}

interface Entry {
  readonly resolution: OtherDidResolution
  readonly characters: number
}

/** Resolves DIDs of several methods behind one door. Each answer says what stands behind it. */
export class DidResolver {
  readonly #drivers: ReadonlyMap<string, DidDriver>
  readonly #limits: { readonly maxAgeMs: number; readonly maxEntries: number; readonly maxCharacters: number; readonly maxUnderWay: number }
  readonly #clock: Clock
  /** In the order of last use. */
  readonly #kept = new Map<string, Entry>()
  #characters = 0
  readonly #underWay = new Map<string, Promise<OtherDidResolution>>()

  constructor({ drivers, maxAgeMs, maxEntries, maxCharacters, maxUnderWay, clock = systemClock }: DidResolverOptions) {
    this.#drivers = new Map(drivers.map(driver => [driver.method, driver]))
    if (this.#drivers.size < drivers.length) throw new TypeError('expected one driver for each method')
    this.#limits = {
      maxAgeMs: maxAgeMs ?? 60_000,
      maxEntries: maxEntries ?? 1_000,
      maxCharacters: maxCharacters ?? 8_388_608,
      maxUnderWay: maxUnderWay ?? 64,
    }
    this.#clock = clock
  }

  /** Methods that it knows. */
  get methods(): readonly string[] {
    return [...this.#drivers.keys()]
  }

  /**
   * Resolves a DID to its document as it is now.
   *
   * @param options.maxAgeMs - accept an answer out of the cache this old; 0: ask anew
   * @param options.minAssurance - refuse what is less well founded
   * @throws DidError `ERR_DID_SYNTAX`, `ERR_DID_METHOD`, `ERR_DID_ASSURANCE`; and as {@link DidDriver}
   */
  async resolve(
    did: string,
    options: { readonly maxAgeMs?: number; readonly minAssurance?: DidAssurancePolicy } = {},
  ): Promise<OtherDidResolution> {
    const { method } = parseDidSyntax(did)
    const driver = this.#drivers.get(method)
    if (driver === undefined) throw new DidError('ERR_DID_METHOD', 'expected a DID of a method that is set up here')
    const resolution = await this.#find(driver, did, options.maxAgeMs ?? this.#limits.maxAgeMs)
    if (options.minAssurance !== undefined) requireDidAssurance(resolution.assurance, options.minAssurance)
    return resolution
  }

  async #find(driver: DidDriver, did: string, maxAgeMs: number): Promise<OtherDidResolution> {
    if (driver.isLocal === true) return this.#ask(driver, did)
    const kept = this.#kept.get(did)
    if (kept !== undefined && this.#clock.nowMs() - kept.resolution.source.retrievedMs < maxAgeMs) {
      this.#kept.delete(did)
      this.#kept.set(did, kept)
      return kept.resolution
    }
    return this.#underWay.get(did) ?? this.#askOnce(driver, did)
  }

  /** Whoever asks meanwhile gets the same answer: it was not there before they asked. */
  async #askOnce(driver: DidDriver, did: string): Promise<OtherDidResolution> {
    if (this.#underWay.size >= this.#limits.maxUnderWay)
      throw new DidError('ERR_DID_UNREACHABLE', 'expected fewer questions at once: ask again later')
    const asked = this.#ask(driver, did)
    this.#underWay.set(did, asked)
    try {
      const resolution = await asked
      this.#keep(did, resolution)
      return resolution
    } finally {
      this.#underWay.delete(did)
    }
  }

  async #ask(driver: DidDriver, did: string): Promise<OtherDidResolution> {
    const retrievedMs = this.#clock.nowMs()
    const { document, metadata, assurance, origin }: DriverAnswer = await driver.resolve(did)
    if (document !== null && document.id !== did) throw new DidError('ERR_DID_DOCUMENT', 'id: expected the DID that was asked for')
    const source = { method: driver.method, driver: `${driver.method}/${driver.version}`, ...origin, retrievedMs }
    return { did, document, metadata, assurance, source }
  }

  #keep(did: string, resolution: OtherDidResolution): void {
    this.#forget(did)
    const characters = did.length + JSON.stringify(resolution.document).length
    if (characters > this.#limits.maxCharacters) return
    this.#kept.set(did, { resolution, characters })
    this.#characters += characters
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limits.maxEntries && this.#characters <= this.#limits.maxCharacters) break
      this.#forget(oldest)
    }
  }

  #forget(did: string): void {
    this.#characters -= this.#kept.get(did)?.characters ?? 0
    this.#kept.delete(did)
  }
}
