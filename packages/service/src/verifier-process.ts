import { encodeVerifyingKey, type ProofClaim, ProofError, type Scalar, scalarSize, type VerifyingKey } from '@hufu/proofs'
import { FramedProcess, uint32 } from './framed-process.ts'

const kinds = { loadKey: 1, forgetKeys: 2, verify: 3 } as const

/** Prepared keys take megabytes. */
const maxLoadedKeys = 16

/** One run of the native verifier, by the protocol of packages/proofs/native. It is used until it ends. */
export class VerifierProcess {
  readonly #process: FramedProcess
  readonly #keys = new Map<VerifyingKey, number>()

  constructor(file: string) {
    this.#process = new FramedProcess(file, [], (how, cause) => new ProofError('ERR_PROOF_WORKER', `native verifier: ${how}`, { cause }))
  }

  get hasEnded(): boolean {
    return this.#process.hasEnded
  }

  /** One code for each claim. @throws ProofError `ERR_PROOF_WORKER`: the process ended first */
  verify(claims: readonly ProofClaim[]): Promise<Uint8Array> {
    if (this.#keys.size + new Set(claims.map(({ key }) => key)).size > maxLoadedKeys) this.#forgetKeys()
    const parts = claims.flatMap(({ key, proof, publicInputs }) => {
      const inputs = writePublicInputs(publicInputs)
      return [uint32(this.#numberOf(key)), uint32(proof.length), proof, uint32(inputs.length), inputs]
    })
    return this.#process.request(kinds.verify, parts)
  }

  /** Lets it answer what it was asked, and end. */
  close(): Promise<void> {
    return this.#process.close()
  }

  #numberOf(key: VerifyingKey): number {
    let number = this.#keys.get(key)
    if (number === undefined) {
      number = this.#keys.size
      this.#keys.set(key, number)
      // Requests are read in order. Of a key that is refused, the claims that name it tell.
      this.#process.request(kinds.loadKey, [uint32(number), keyFileOf(key)]).catch(() => {})
    }
    return number
  }

  #forgetKeys(): void {
    this.#keys.clear()
    this.#process.request(kinds.forgetKeys, []).catch(() => {})
  }
}

const keyFiles = new WeakMap<VerifyingKey, Uint8Array>()

/** A key's file, made once. @throws ProofError `ERR_PROOF_KEY` */
export function keyFileOf(key: VerifyingKey): Uint8Array {
  let file = keyFiles.get(key)
  if (file === undefined) {
    file = encodeVerifyingKey(key)
    keyFiles.set(key, file)
  }
  return file
}

/** 32 bytes each, little-endian; below 2²⁵⁶, but perhaps not below r: that is for the verifier to find. */
function writePublicInputs(publicInputs: readonly Scalar[]): Uint8Array {
  const bytes = new Uint8Array(publicInputs.length * scalarSize)
  const view = new DataView(bytes.buffer)
  for (const [index, scalar] of publicInputs.entries()) {
    // Eight bytes at a time: most are 0, and a batch has thousands.
    for (let rest = scalar, offset = index * scalarSize; rest > 0n; rest >>= 64n, offset += 8)
      view.setBigUint64(offset, rest & 0xffff_ffff_ffff_ffffn, true)
  }
  return bytes
}
