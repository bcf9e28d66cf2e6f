import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ProofClaim, ProofError, type ProofErrorCode, type Scalar, type VerifyingKey } from '@hufu/proofs'
import { keyFileOf, VerifierProcess } from './verifier-process.ts'

export interface NativeVerifierOptions {
  /** The program; by default where the set-up builds it. */
  readonly file?: string
  /** Claims that may wait at a time; default 4,096. */
  readonly maxWaiting?: number
}

/** Claims that are looked at together. */
const maxBatch = 256

const builtFile = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'proofs', 'native', 'bin', 'verifier')

/** By the program's codes, from 1. */
const refusals: readonly (readonly [code: ProofErrorCode, message: string])[] = [
  ['ERR_PROOF_ENCODING', 'proof: expected 192 bytes, three points in their one encoding'],
  ['ERR_PROOF_POINT', 'proof: expected points of the groups of order r, none at infinity'],
  ['ERR_PROOF_SCALAR', 'public inputs: expected values from 0 to below the order of the group'],
  ['ERR_PROOF_INPUT', 'public inputs: expected as many as the circuit has'],
  ['ERR_PROOF_INVALID', 'proof: does not hold for these public inputs'],
  ['ERR_PROOF_KEY', 'verifying key: refused by the native verifier'],
]

const codes = { scalar: 3, input: 4 } as const

interface Waiting {
  readonly claim: ProofClaim
  resolve(answer: ProofError | null): void
  reject(error: ProofError): void
}

/**
 * Verifies proofs as `createVerifier` of packages/proofs does, with the same codes, in a process of its own: several times faster, on all processors. While
 * it is busy, what comes in is gathered and looked at together. A process that ends is started again, and asked once more.
 */
export class NativeVerifier {
  readonly #file: string
  readonly #maxWaiting: number
  #process: VerifierProcess | undefined
  #waiting: Waiting[] = []
  #working: Promise<void> | undefined
  #isClosed = false

  constructor({ file = builtFile, maxWaiting = 4_096 }: NativeVerifierOptions = {}) {
    this.#file = file
    this.#maxWaiting = maxWaiting
  }

  /**
   * Settles if the proof holds for these public inputs.
   *
   * @param proof - 192 bytes
   * @throws ProofError `ERR_PROOF_INPUT`, `ERR_PROOF_SCALAR`: public inputs that this circuit cannot have
   * @throws ProofError `ERR_PROOF_ENCODING`, `ERR_PROOF_POINT`: a proof that is none
   * @throws ProofError `ERR_PROOF_INVALID`: a proof of something else
   * @throws ProofError `ERR_PROOF_KEY`: a key that is none
   * @throws ProofError `ERR_PROOF_LIMIT`: too many claims are waiting
   * @throws ProofError `ERR_PROOF_WORKER`: the program does not start, or ended twice
   */
  async verify(key: VerifyingKey, proof: Uint8Array, publicInputs: readonly Scalar[]): Promise<void> {
    const [answer] = await this.verifyBatch([{ key, proof, publicInputs }])
    if (answer) throw answer
  }

  /**
   * Looks at many claims at once, of one key or several, and says of each what {@link verify} would throw, or null.
   *
   * @throws ProofError `ERR_PROOF_LIMIT`, `ERR_PROOF_WORKER`: as {@link verify}
   */
  async verifyBatch(claims: readonly ProofClaim[]): Promise<readonly (ProofError | null)[]> {
    if (this.#isClosed) throw new ProofError('ERR_PROOF_WORKER', 'native verifier: closed')
    if (this.#waiting.length + claims.length > this.#maxWaiting)
      throw new ProofError('ERR_PROOF_LIMIT', `native verifier: expected at most ${this.#maxWaiting} claims waiting`)
    const answers = claims.map(claim => unwritable(claim) ?? this.#enqueue(claim))
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
    return Promise.all(answers)
  }

  /** Ends the process after what was asked before. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#working
    await this.#process?.close()
  }

  #enqueue(claim: ProofClaim): Promise<ProofError | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ claim, resolve, reject })
    })
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch)
      try {
        const codes = await this.#ask(batch.map(({ claim }) => claim))
        for (const [index, { resolve }] of batch.entries()) resolve(refusalOf(codes[index]!))
      } catch (error) {
        if (!(error instanceof ProofError)) throw error
        for (const { reject } of batch) reject(error)
      }
    }
  }

  async #ask(claims: readonly ProofClaim[]): Promise<Uint8Array> {
    try {
      return await this.#running().verify(claims)
    } catch (error) {
      if (!(error instanceof ProofError) || error.code !== 'ERR_PROOF_WORKER') throw error
      return this.#running().verify(claims)
    }
  }

  #running(): VerifierProcess {
    if (this.#process === undefined || this.#process.hasEnded) this.#process = new VerifierProcess(this.#file)
    return this.#process
  }
}

/** The refusal of a claim that cannot even be written down. */
function unwritable({ key, publicInputs }: ProofClaim): ProofError | undefined {
  try {
    keyFileOf(key)
  } catch (error) {
    if (error instanceof ProofError) return error
    throw error
  }
  if (publicInputs.every(scalar => scalar >= 0n && scalar >> 256n === 0n)) return undefined
  return refusalOf(publicInputs.length === key.inputs.length - 1 ? codes.scalar : codes.input)!
}

function refusalOf(answer: number): ProofError | null {
  if (answer === 0) return null
  const [code, message] = refusals[answer - 1]!
  return new ProofError(code, message)
}
