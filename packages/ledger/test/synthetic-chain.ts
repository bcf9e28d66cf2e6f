import { importSigner, type Signer } from '@hufu/keys'
import { ByteWriter, base64ToBytes, bytesToBase64, bytesToHex, doubleSha256, hexToBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { type Account, multisigAccount } from '../src/account.ts'
import { type Header, parseHeader } from '../src/light/header.ts'
import type { TrustAnchor } from '../src/light/trust-anchor.ts'
import type { ContractDescriptor } from '../src/network-descriptor.ts'
import { parseScriptHash, scriptHashToBytes } from '../src/script-hash.ts'
import { ScriptWriter } from '../src/script-writer.ts'
import { signedMessage } from '../src/transaction.ts'

// For tests: a chain of headers alone, with real signatures of made-up validators, whose state holds one entry: under `key` the number of the block.

export const contract: ContractDescriptor = { hash: parseScriptHash('11'.repeat(20)), id: 7 }
export const key = Uint8Array.of(1, 2, 3)
export const blockMs = 1_000
export const genesisMs = 1_790_000_000_000

/** An account of so many validators, n − ⌊(n−1)/3⌋ of whom sign. One name gives the same validators each time. */
export async function validatorSet(name: string, size: number): Promise<Account> {
  const signers: Signer[] = []
  for (let index = 0; index < size; index++) signers.push(await importSigner('P-256', sha256(utf8ToBytes(`${name} ${index}`))))
  return multisigAccount(
    size - Math.floor((size - 1) / 3),
    signers.map(signer => signer.publicKey),
    signers,
  )
}

/** Description of a network with these validators, all of whom answer at one address. */
export function descriptorOf(magic: number, validators: Account, url: string) {
  return {
    magic,
    validators: validators.publicKeys.map((each, index) => ({
      name: `validator-${index}`,
      publicKey: bytesToHex(each.bytes),
      rpcUrl: url,
      metricsUrl: url,
    })),
    contracts: { council: contract, identifiers: contract, trust: contract, status: contract, proofs: contract },
  }
}

/** What may be wrong with a header. */
export interface HeaderFields {
  readonly magic: number
  readonly blockIndex: number
  readonly signedBy: Account
  readonly next: Account
  readonly stateRoot: string
  /** Signatures; default as many as the account asks for. */
  readonly signatures?: number
}

/** A signed header in the form that nodes give. */
export async function makeHeader({
  magic,
  blockIndex,
  signedBy,
  next,
  stateRoot,
  signatures = signedBy.threshold,
}: HeaderFields): Promise<Header> {
  const hashable = new ByteWriter()
    .uint32(0)
    .bytes(sha256(utf8ToBytes(`previous ${blockIndex}`)))
    .bytes(sha256(utf8ToBytes(`merkle ${blockIndex}`)))
    .uint64(BigInt(genesisMs + blockIndex * blockMs))
    .uint64(0n)
    .uint32(blockIndex)
    .uint8(0)
    .bytes(scriptHashToBytes(next.scriptHash))
    .bytes(hexToBytes(stateRoot).reverse())
    .toBytes()
  const message = signedMessage(magic, sha256(hashable))
  const invocation = new ScriptWriter()
  for (const signer of signedBy.signers.slice(0, signatures)) invocation.bytes(await signer.sign(message))
  return parseHeader(
    new ByteWriter().bytes(hashable).varUint(1).varBytes(invocation.toBytes()).varBytes(signedBy.verificationScript).toBytes(),
  )
}

/** Root and proof of a state that holds one entry alone: by default the one of the chains here. */
export function makeState(
  value: string | Uint8Array,
  entry: { readonly contractId: number; readonly key: Uint8Array } = { contractId: contract.id, key },
): { readonly root: string; readonly proof: Uint8Array } {
  const trieKey = new ByteWriter().int32(entry.contractId).bytes(entry.key).toBytes()
  const leaf = new ByteWriter()
    .uint8(2)
    .varBytes(typeof value === 'string' ? utf8ToBytes(value) : value)
    .toBytes()
  const nibbles = hexToBytes([...bytesToHex(trieKey)].map(digit => `0${digit}`).join(''))
  const extension = new ByteWriter().uint8(1).varBytes(nibbles).uint8(3).bytes(doubleSha256(leaf)).toBytes()
  return {
    root: bytesToHex(doubleSha256(extension).reverse()),
    proof: new ByteWriter().varBytes(trieKey).varUint(2).varBytes(extension).varBytes(leaf).toBytes(),
  }
}

/** A node's answer to a call; an Error with a `code` is a refusal. */
export type Answer = (method: string, params: readonly unknown[]) => unknown

/** A chain on which block i is signed by `sets[i]`. */
export class SyntheticChain {
  readonly magic: number
  readonly sets: readonly Account[]
  readonly headers: readonly Header[]

  private constructor(magic: number, sets: readonly Account[], headers: readonly Header[]) {
    this.magic = magic
    this.sets = sets
    this.headers = headers
  }

  /** @param sets - `sets[i]` signs block i; the last one is only named, so there is one block less */
  static async make(magic: number, sets: readonly Account[]): Promise<SyntheticChain> {
    const headers: Header[] = []
    for (let blockIndex = 0; blockIndex + 1 < sets.length; blockIndex++) {
      const stateRoot = makeState(`block ${blockIndex - 1}`).root
      headers.push(await makeHeader({ magic, blockIndex, signedBy: sets[blockIndex]!, next: sets[blockIndex + 1]!, stateRoot }))
    }
    return new SyntheticChain(magic, sets, headers)
  }

  get anchor(): TrustAnchor {
    return { magic: this.magic, blockIndex: 0, nextConsensus: this.sets[1]!.scriptHash }
  }

  /** Answers as an honest node. */
  readonly answer: Answer = (method, params) => {
    if (method === 'getblockcount') return this.headers.length
    if (method === 'getblockheader') {
      const header = this.headers[params[0] as number]
      return header === undefined ? refusal(-109) : bytesToBase64(header.bytes)
    }
    const blockIndex = this.headers.findIndex(header => header.previousStateRoot === params[0]) - 1
    if (blockIndex < 0) return refusal(-102)
    if (bytesToHex(base64ToBytes(params[2] as string)) !== bytesToHex(key)) return refusal(-104)
    return bytesToBase64(makeState(`block ${blockIndex}`).proof)
  }
}

/** What a node answers when it refuses. */
export function refusal(code: number): Error {
  return Object.assign(new Error('refused'), { code })
}

/** A fetch that reaches made-up nodes by URL; notes their calls. */
export function fetchOf(nodes: Readonly<Record<string, Answer>>, calls: string[] = []): typeof globalThis.fetch {
  return async (url, init) => {
    const requests = JSON.parse(init?.body as string)
    const answerOne = async ({ id, method, params }: { id: number; method: string; params: readonly unknown[] }) => {
      calls.push(`${url} ${method}`)
      const result = await nodes[url as string]!(method, params)
      return result instanceof Error
        ? { jsonrpc: '2.0', id, error: { code: (result as Error & { code: number }).code, message: 'refused' } }
        : { jsonrpc: '2.0', id, result }
    }
    const answers = Array.isArray(requests) ? await Promise.all(requests.map(answerOne)) : await answerOne(requests)
    return new Response(JSON.stringify(answers))
  }
}
