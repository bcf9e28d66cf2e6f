import { type Clock, errorCode, randomBytes } from '@hufu/primitives'
import {
  type AttributeLayout,
  type Challenge,
  type CompiledStatement,
  credentialId,
  PreparedPool,
  ProofError,
  type Prover,
  prepareCredential,
  presentCredential,
  type Scalar,
  type ZkCredential,
} from '@hufu/proofs'
import { WalletError } from '../errors.ts'
import type { SealedStore } from '../store/sealed-store.ts'
import type { EpochReader } from './epoch-reader.ts'
import { type KeptProof, PreparedStore } from './prepared-store.ts'

/** What proofs are made of. */
export interface ProvenCredential {
  readonly credential: ZkCredential
  readonly layout: AttributeLayout
}

/** What proofs are made for: compiled statements have it. */
export interface ProofTerms {
  readonly slots: readonly number[]
  readonly meta: CompiledStatement['meta']
  /** How old the root list may be. */
  readonly maxRootAgeMs: number
}

export interface ProofProgress {
  readonly signal?: AbortSignal
  readonly onProgress?: (step: 'reading-tree' | 'proving', fraction: number) => void
}

/** A tree's list must not run out between here and the verifier. */
const marginMs = 5_000

/** Makes proofs ahead and shows them, each once. */
export class ZkProofs {
  readonly #prover: Prover
  readonly #epochs: EpochReader
  readonly #kept: PreparedStore
  readonly #pool: PreparedPool
  readonly #secret: () => Promise<Scalar>
  readonly #clock: Clock
  /** By credential and kind of statement: what is being prepared for a request that the person still reads. */
  readonly #warming = new Map<string, Promise<void>>()

  constructor(options: {
    readonly prover: Prover
    readonly epochs: EpochReader
    readonly store: SealedStore
    /** The wallet's secret. */
    readonly secret: () => Promise<Scalar>
    readonly clock: Clock
  }) {
    this.#prover = options.prover
    this.#epochs = options.epochs
    this.#kept = new PreparedStore(options.store)
    this.#pool = new PreparedPool({ store: this.#kept })
    this.#secret = options.secret
    this.#clock = options.clock
  }

  /** How many proofs are ready for a credential. */
  async countReady(credential: ZkCredential): Promise<number> {
    const id = credentialId(credential)
    return (await this.#kept.list()).filter(item => item.credentialId === id).length
  }

  /** Whether a proof is ready that still counts. */
  async isReady({ credential }: Pick<ProvenCredential, 'credential'>, terms: ProofTerms): Promise<boolean> {
    return (await this.#usable(credential, terms)).length > 0
  }

  /** Makes a proof ahead, unless one is ready or being made. Failures are left to {@link present}, which makes its own then. */
  warm(proven: ProvenCredential, terms: ProofTerms): Promise<void> {
    const name = `${credentialId(proven.credential)} ${terms.meta}`
    const underWay = this.#warming.get(name)
    if (underWay !== undefined) return underWay
    const warming = this.#warm(proven, terms)
      .catch(error => {
        if (errorCode(error) === undefined) throw error
      })
      .finally(() => this.#warming.delete(name))
    this.#warming.set(name, warming)
    return warming
  }

  /** Loads circuits and proving keys, so that the first proof is as fast as the next. */
  async load(): Promise<void> {
    await this.#prover.prepare('prepare')
    await this.#prover.prepare('show')
  }

  /** Drops proofs whose lists are too old for anybody that asked for such. */
  async dropStale(longestMs: number): Promise<void> {
    for (const item of await this.#kept.list()) if (this.#clock.nowMs() - item.rootsTimeMs > longestMs) await this.#kept.takeOut(item.id)
  }

  async dropCredential(credential: ZkCredential): Promise<void> {
    await this.#pool.dropCredential(credentialId(credential))
  }

  /**
   * Answers a challenge, using up one prepared proof: one that is ready, or one made now.
   *
   * @returns the presentation's text
   * @throws WalletError `ERR_WALLET_CREDENTIAL_REVOKED`, `ERR_WALLET_NOT_SATISFIED`, `ERR_WALLET_NOT_IN_TREE_YET`, `ERR_WALLET_OFFLINE`,
   *   `ERR_WALLET_CANCELLED`, `ERR_WALLET_PROVER`
   */
  async present(
    proven: ProvenCredential,
    statement: CompiledStatement,
    challenge: Challenge,
    progress: ProofProgress = {},
  ): Promise<string> {
    const terms = { ...statement, maxRootAgeMs: statement.statement.maxRootAgeSeconds * 1000 }
    return told(async () => {
      await this.#warming.get(`${credentialId(proven.credential)} ${statement.meta}`)
      const prepared = (await this.#take(proven.credential, terms)) ?? (await this.#prepare(proven, terms, progress))
      progress.signal?.throwIfAborted()
      const prover = this.#maker(progress, 0.8, 1)
      const show = { credential: proven.credential, prepared, statement }
      return presentCredential({ prover, secret: await this.#secret(), challenge, show })
    })
  }

  async #warm(proven: ProvenCredential, terms: ProofTerms): Promise<void> {
    if ((await this.#usable(proven.credential, terms)).length === 0) await this.#kept.add(await this.#prepare(proven, terms, {}))
    await this.#prover.prepare('show')
  }

  async #usable(credential: ZkCredential, { meta, maxRootAgeMs }: ProofTerms): Promise<readonly KeptProof[]> {
    const id = credentialId(credential)
    const oldestMs = this.#clock.nowMs() - maxRootAgeMs + Math.min(marginMs, maxRootAgeMs / 4)
    return (await this.#kept.list()).filter(item => item.credentialId === id && item.meta === meta && item.rootsTimeMs >= oldestMs)
  }

  async #take(credential: ZkCredential, terms: ProofTerms) {
    const usable = await this.#usable(credential, terms)
    if (usable.length === 0) return undefined
    return this.#pool.take(
      { credentialId: credentialId(credential), meta: terms.meta },
      Math.min(...usable.map(({ roots }) => roots.height)),
    )
  }

  async #prepare({ credential, layout }: ProvenCredential, { slots }: ProofTerms, progress: ProofProgress): Promise<KeptProof> {
    progress.onProgress?.('reading-tree', 0)
    const [secret, { published, path, takenAtMs }] = await Promise.all([this.#secret(), this.#epochs.standingOf(credential)])
    progress.signal?.throwIfAborted()
    const prover = this.#maker(progress, 0.1, 0.8)
    const prepared = await prepareCredential({ prover, random: randomBytes, credential, layout, secret, path, published, slots })
    return { ...prepared, rootsTimeMs: takenAtMs }
  }

  #maker({ signal, onProgress }: ProofProgress, from: number, to: number): Pick<Prover, 'prove'> {
    return {
      prove: (circuit, inputs) =>
        this.#prover.prove(circuit, inputs, {
          ...(signal === undefined ? {} : { signal }),
          onProgress: fraction => onProgress?.('proving', from + (to - from) * fraction),
        }),
    }
  }
}

async function told<Result>(task: () => Promise<Result>): Promise<Result> {
  try {
    return await task()
  } catch (cause) {
    if (cause instanceof ProofError) throw walletErrorOf(cause)
    if (cause instanceof DOMException && cause.name === 'AbortError')
      throw new WalletError('ERR_WALLET_CANCELLED', 'proof: cancelled', { cause })
    throw cause
  }
}

function walletErrorOf(cause: ProofError): WalletError {
  if (cause.code === 'ERR_PROOF_CANCELLED') return new WalletError('ERR_WALLET_CANCELLED', 'proof: cancelled', { cause })
  if (cause.code !== 'ERR_PROOF_UNSATISFIED') return new WalletError('ERR_WALLET_PROVER', 'proof: could not be made', { cause })
  // `prepareCredential` says so of a leaf that is empty, `presentCredential` of a claim or an expiry.
  return cause.message.includes('leaf is empty')
    ? new WalletError('ERR_WALLET_CREDENTIAL_REVOKED', 'proof: the leaf is empty', { cause })
    : new WalletError('ERR_WALLET_NOT_SATISFIED', 'proof: what is asked does not hold', { cause })
}
