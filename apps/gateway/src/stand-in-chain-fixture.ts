// A stand-in for a chain, for tests of gateways that are killed: a file that outlives them. It has the rules of titles, and proofs of its own: whoever reads that a
// title left gets it signed by the stand-in's key, and another stand-in takes a title only with that signature. It is no chain, and proves nothing about one.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { type ChainAdapter, ChainError, type ChainProof, type NetworkId, type Receipt, requireAssurance, type View } from '@hufu/chains'
import type { AssetEnd, TitleState, Transfer } from '@hufu/chains/titles'
import { isSignatureValid, type PublicKey, type Signer } from '@hufu/keys'
import {
  base64urlToBytes,
  bytesToBase64url,
  bytesToHex,
  type Clock,
  canonicalJson,
  canonicalJsonBytes,
  type Json,
  sha256,
  systemClock,
  utf8ToBytes,
} from '@hufu/primitives'

export const standInProofFormat = 'stand-in/1'

/** What happened on the stand-in, in order: a line of its file each. */
export type StandInEvent =
  | { readonly kind: 'issued'; readonly assetId: string; readonly holder: string; readonly contentHash: string }
  | { readonly kind: 'locked' | 'left' | 'unlocked' | 'arrived'; readonly transfer: Transfer }

interface State {
  readonly titles: Map<string, TitleState>
  readonly left: Map<string, Transfer>
  readonly arrived: Map<string, Transfer>
  height: number
}

export interface StandInOptions {
  readonly network: NetworkId
  readonly file: string
  /** Signs what the stand-in says of itself. */
  readonly signer: Signer
  /** Of other stand-ins whose titles may come here. */
  readonly trusted: Readonly<Record<NetworkId, PublicKey>>
  readonly clock?: Clock
  /** Default: whatever was done is in the file before the call ends. */
  readonly write?: (line: string) => void
}

/** One stand-in, as a gateway's end of it and to be read from. */
export class StandInChain implements AssetEnd, Pick<ChainAdapter, 'read' | 'prove'> {
  readonly network: NetworkId
  readonly #options: StandInOptions
  readonly #clock: Clock
  readonly #state: State = { titles: new Map(), left: new Map(), arrived: new Map(), height: 0 }
  readonly #proofs = new WeakMap<object, ChainProof>()
  /** Titles that somebody tried to bring in without proof. */
  refusedProofs = 0

  constructor(options: StandInOptions) {
    this.network = options.network
    this.#options = options
    this.#clock = options.clock ?? systemClock
    for (const event of readStandInEvents(options.file)) this.#apply(event)
  }

  issue(title: { readonly assetId: string; readonly holder: string; readonly contentHash: string }): void {
    if (this.#state.titles.has(title.assetId)) throw refused('there is such a title already')
    this.#write({ kind: 'issued', ...title })
  }

  async get(assetId: string): Promise<TitleState | undefined> {
    return this.#state.titles.get(assetId)
  }

  async lock(transfer: Transfer): Promise<Receipt> {
    const title = this.#state.titles.get(transfer.assetId)
    if (title?.status === 'locked' && title.transferId === transfer.transferId) return this.#receipt('lock', transfer, true)
    if (title?.status !== 'held' || title.contentHash !== transfer.contentHash || this.#clock.nowMs() > transfer.lockUntilMs)
      throw refused('the title is not held here as the transfer says')
    this.#write({ kind: 'locked', transfer })
    return this.#receipt('lock', transfer, false)
  }

  async leave(transfer: Transfer): Promise<Receipt> {
    if (this.#state.left.has(transfer.transferId)) return this.#receipt('leave', transfer, true)
    const title = this.#state.titles.get(transfer.assetId)
    if (title?.status !== 'locked' || title.transferId !== transfer.transferId || this.#clock.nowMs() > transfer.lockUntilMs)
      throw refused('the title is not locked by this transfer, or its time has passed')
    this.#write({ kind: 'left', transfer })
    return this.#receipt('leave', transfer, false)
  }

  async unlock(transfer: Transfer): Promise<Receipt> {
    const title = this.#state.titles.get(transfer.assetId)
    if (title?.status === 'held') return this.#receipt('unlock', transfer, true)
    if (title?.status !== 'locked' || title.transferId !== transfer.transferId || this.#clock.nowMs() <= transfer.lockUntilMs)
      throw refused('the time of the lock has not passed, or the title has left')
    this.#write({ kind: 'unlocked', transfer })
    return this.#receipt('unlock', transfer, false)
  }

  async proveLeft({ transferId }: Transfer): Promise<ChainProof> {
    const left = this.#state.left.get(transferId)
    if (left === undefined) throw new ChainError('ERR_CHAIN_ABSENT', 'no title left by that transfer')
    return this.#signed({ left: { ...left } })
  }

  async arrive(transfer: Transfer, proof: ChainProof): Promise<Receipt> {
    if (this.#state.arrived.has(transfer.transferId)) return this.#receipt('arrive', transfer, true)
    const key = this.#options.trusted[transfer.fromNetwork]
    const statement = await verifiedStatement(proof, key)
    const isTrue =
      statement !== undefined &&
      proof.network === transfer.fromNetwork &&
      canonicalJson(statement) === canonicalJson({ left: { ...transfer } })
    if (!isTrue || transfer.toNetwork !== this.network) {
      this.refusedProofs++
      throw refused('not proven')
    }
    // Another may have brought it while the signature was looked at.
    if (this.#state.arrived.has(transfer.transferId)) return this.#receipt('arrive', transfer, true)
    const title = this.#state.titles.get(transfer.assetId)
    if (title !== undefined && title.status !== 'left') throw refused('the title is here already')
    this.#write({ kind: 'arrived', transfer })
    return this.#receipt('arrive', transfer, false)
  }

  async arrived({ transferId }: Transfer): Promise<boolean> {
    return this.#state.arrived.has(transferId)
  }

  /** Of the path `title, <id>`: the title as JSON. */
  async read(
    { contract, path: [name, assetId, ...others] }: Parameters<ChainAdapter['read']>[0],
    { minAssurance }: Parameters<ChainAdapter['read']>[1],
  ): Promise<View> {
    const title = name === 'title' && others.length === 0 ? this.#state.titles.get(assetId ?? '') : undefined
    if (contract !== 'titles' || title === undefined) throw new ChainError('ERR_CHAIN_ABSENT', 'there is no such entry')
    const view: View = {
      network: this.network,
      address: { contract, path: ['title', title.assetId] },
      value: canonicalJsonBytes({ ...title }),
      height: this.#state.height,
      timeMs: this.#clock.nowMs(),
      assurance: { kind: 'endorsementProof', endorsers: ['StandIn'] },
    }
    requireAssurance(view.assurance, minAssurance)
    this.#proofs.set(
      view,
      await this.#signed({
        address: { contract, path: [...view.address.path] },
        value: bytesToBase64url(view.value),
        height: view.height!,
      }),
    )
    return view
  }

  async prove(of: View | Receipt): Promise<ChainProof> {
    const proof = this.#proofs.get(of)
    if (proof === undefined) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'expected what this stand-in itself gave')
    return proof
  }

  /** Checks a proof of a view of another stand-in. @throws ChainError `ERR_CHAIN_PROOF` */
  async verifyView(proof: ChainProof): Promise<View> {
    const statement = await verifiedStatement(proof, this.#options.trusted[proof.network])
    const { address, value, height } = (statement ?? {}) as unknown as {
      readonly address?: View['address']
      readonly value?: string
      readonly height?: number
    }
    if (address === undefined || value === undefined || height === undefined)
      throw new ChainError('ERR_CHAIN_PROOF', 'expected a proof of the stand-in')
    const assurance = { kind: 'endorsementProof', endorsers: ['StandIn'] } as const
    return { network: proof.network, address, value: base64urlToBytes(value), height, timeMs: null, assurance }
  }

  #apply(event: StandInEvent): void {
    const { titles, left, arrived } = this.#state
    this.#state.height++
    if (event.kind === 'issued') {
      const { assetId, holder, contentHash } = event
      titles.set(assetId, { assetId, holder, contentHash, status: 'held' })
      return
    }
    const { assetId, contentHash, transferId, toNetwork, toHolder, lockUntilMs } = event.transfer
    if (event.kind === 'arrived') {
      arrived.set(transferId, event.transfer)
      titles.set(assetId, { assetId, holder: toHolder, contentHash, status: 'held' })
      return
    }
    const { holder } = titles.get(assetId)!
    const title = { assetId, holder, contentHash }
    if (event.kind === 'locked') titles.set(assetId, { ...title, status: 'locked', transferId, toNetwork, toHolder, lockUntilMs })
    else if (event.kind === 'unlocked') titles.set(assetId, { ...title, status: 'held' })
    else {
      left.set(transferId, event.transfer)
      titles.set(assetId, { ...title, status: 'left', transferId, toNetwork, toHolder })
    }
  }

  #write(event: StandInEvent): void {
    const line = `${JSON.stringify(event)}\n`
    if (this.#options.write === undefined) appendFileSync(this.#options.file, line)
    else this.#options.write(line)
    this.#apply(event)
  }

  async #signed(statement: object): Promise<ChainProof> {
    const text = canonicalJson(statement as Json)
    const signature = await this.#options.signer.sign(utf8ToBytes(text))
    return { format: standInProofFormat, network: this.network, evidence: { statement: text, signature: bytesToBase64url(signature) } }
  }

  #receipt(action: string, { transferId }: Transfer, repeated: boolean): Receipt {
    return {
      network: this.network,
      idempotencyKey: `${action} ${transferId}`,
      transactionId: bytesToHex(sha256(utf8ToBytes(`${action} ${transferId}`))),
      height: this.#state.height,
      result: new Uint8Array(),
      repeated,
      assurance: { kind: 'endorsementProof', endorsers: ['StandIn'] },
    }
  }
}

/** What is in a stand-in's file. A last line that was cut off did not happen. */
export function readStandInEvents(file: string): readonly StandInEvent[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).map(line => JSON.parse(line) as StandInEvent)
}

/** @returns undefined if it is not signed by the key */
async function verifiedStatement({ format, evidence }: ChainProof, key: PublicKey | undefined): Promise<Json | undefined> {
  const { statement, signature } = (evidence ?? {}) as { readonly statement?: unknown; readonly signature?: unknown }
  if (format !== standInProofFormat || key === undefined || typeof statement !== 'string' || typeof signature !== 'string') return undefined
  try {
    const isSigned = await isSignatureValid(key, utf8ToBytes(statement), base64urlToBytes(signature))
    return isSigned ? (JSON.parse(statement) as Json) : undefined
  } catch {
    return undefined
  }
}

function refused(why: string): ChainError {
  return new ChainError('ERR_CHAIN_REFUSED', 'the stand-in refused', { reason: why })
}
