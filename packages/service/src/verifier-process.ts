import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { concatBytes } from '@hufu/primitives'
import { encodeVerifyingKey, type ProofClaim, ProofError, type Scalar, scalarSize, type VerifyingKey } from '@hufu/proofs'

const kinds = { loadKey: 1, forgetKeys: 2, verify: 3 } as const

/** Prepared keys take megabytes. */
const maxLoadedKeys = 16

/** One run of the native verifier, by the protocol of packages/proofs/native. It is used until it ends. */
export class VerifierProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers = new Map<number, { resolve(codes: Uint8Array): void; reject(error: ProofError): void }>()
  readonly #keys = new Map<VerifyingKey, number>()
  #lastId = 0
  #received: Uint8Array = new Uint8Array()
  #ended: ProofError | undefined

  constructor(file: string) {
    this.#child = spawn(file, [], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.on('error', cause => this.#end('could not be started', cause))
    this.#child.on('exit', () => this.#end('ended before it answered'))
    // What could not be written is never answered: the end of the process tells.
    this.#child.stdin.on('error', () => {})
    this.#child.stdout.on('data', (data: Buffer) => this.#receive(data))
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  /** One code for each claim. @throws ProofError `ERR_PROOF_WORKER`: the process ended first */
  verify(claims: readonly ProofClaim[]): Promise<Uint8Array> {
    if (this.#keys.size + new Set(claims.map(({ key }) => key)).size > maxLoadedKeys) this.#forgetKeys()
    const parts = claims.flatMap(({ key, proof, publicInputs }) => {
      const inputs = writePublicInputs(publicInputs)
      return [uint32(this.#numberOf(key)), uint32(proof.length), proof, uint32(inputs.length), inputs]
    })
    return this.#request(kinds.verify, parts)
  }

  /** Lets it answer what it was asked, and end. */
  close(): Promise<void> {
    const ended = new Promise<void>(resolve => {
      if (this.hasEnded) resolve()
      else this.#child.on('exit', () => resolve())
    })
    this.#child.stdin.end()
    return ended
  }

  #numberOf(key: VerifyingKey): number {
    let number = this.#keys.get(key)
    if (number === undefined) {
      number = this.#keys.size
      this.#keys.set(key, number)
      // Requests are read in order. Of a key that is refused, the claims that name it tell.
      this.#request(kinds.loadKey, [uint32(number), keyFileOf(key)]).catch(() => {})
    }
    return number
  }

  #forgetKeys(): void {
    this.#keys.clear()
    this.#request(kinds.forgetKeys, []).catch(() => {})
  }

  #request(kind: number, parts: readonly Uint8Array[]): Promise<Uint8Array> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#lastId = (this.#lastId + 1) >>> 0
    const id = this.#lastId
    const body = concatBytes(uint32(id), Uint8Array.of(kind), ...parts)
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject })
      this.#child.stdin.write(concatBytes(uint32(body.length), body))
    })
  }

  #receive(data: Uint8Array): void {
    let bytes = this.#received.length === 0 ? data : concatBytes(this.#received, data)
    for (;;) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      const size = bytes.length < 4 ? undefined : view.getUint32(0)
      if (size === undefined || bytes.length < 4 + size) break
      const id = view.getUint32(4)
      this.#answers.get(id)?.resolve(bytes.slice(8, 4 + size))
      this.#answers.delete(id)
      bytes = bytes.subarray(4 + size)
    }
    this.#received = bytes
  }

  #end(how: string, cause?: Error): void {
    this.#ended ??= new ProofError('ERR_PROOF_WORKER', `native verifier: ${how}`, { cause })
    for (const { reject } of this.#answers.values()) reject(this.#ended)
    this.#answers.clear()
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

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
