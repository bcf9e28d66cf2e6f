import type { Header } from '@hufu/ledger'
import { base64ToBytes, bytesToHex, errorCode } from '@hufu/primitives'
import type { Block, Evidence, Proposal, Transaction } from '../../../src/api-types.ts'
import { UnfitEntry } from '../../../src/explorer/derive-shown.ts'
import type { Asked } from './asked.ts'
import { type CheckedHeaders, checkHeaders, keysOf } from './check-headers.ts'
import { deriveProposal } from './derive-proposal.ts'
import { deriveShown } from './derive-shown.ts'
import { difference } from './difference.ts'
import { EvidenceReader } from './evidence-reader.ts'
import { merkleRootOf, merkleRootOfPath } from './merkle-root.ts'
import { parseTransaction } from './parse-transaction.ts'
import type { TrustedNetwork } from './trusted-network.ts'
import { CheckFailure, type Step, type StepName, type Verdict } from './verdict.ts'

/** An answer as the server gave it. Nothing of it is believed. */
export interface Answer {
  readonly kind: string
  readonly shown: unknown
  readonly evidence: Evidence
}

/** How old the newest state may be that proves an answer about now: blocks come at least every few seconds. */
const maxAgeMs = 60_000
const maxClockErrorMs = 60_000

/**
 * Checks an answer in this browser, step by step, against nothing but the validators' keys. The first step that fails ends it.
 *
 * @param asked - what the page asked for
 */
export async function checkAnswer(asked: Asked, answer: Answer, trusted: TrustedNetwork, nowMs: number): Promise<Verdict> {
  return new Check(asked, answer, trusted, nowMs).run()
}

class Check {
  readonly #asked: Asked
  readonly #answer: Answer
  readonly #trusted: TrustedNetwork
  readonly #nowMs: number
  readonly #steps: Step[] = []
  readonly #checked = new Map<string, CheckedHeaders>()
  /** The step that is being done. */
  #now: StepName = 'network'

  constructor(asked: Asked, answer: Answer, trusted: TrustedNetwork, nowMs: number) {
    this.#asked = asked
    this.#answer = answer
    this.#trusted = trusted
    this.#nowMs = nowMs
  }

  async run(): Promise<Verdict> {
    try {
      this.#network()
      await this.#headers()
      if (this.#asked.kind === 'block' || this.#asked.kind === 'transaction') this.#inBlock()
      else await this.#entries(this.#asked)
      this.#age()
      this.#told()
    } catch (error) {
      this.#steps.push({ name: this.#now, outcome: 'fails', facts: factsOf(error) })
      return { outcome: 'false', steps: this.#steps }
    }
    return { outcome: this.#answer.evidence.told.length > 0 ? 'told' : 'proven', steps: this.#steps }
  }

  #holds(facts: Step['facts']): void {
    this.#steps.push({ name: this.#now, outcome: 'holds', facts })
  }

  #network(): void {
    const { descriptor, fingerprint } = this.#trusted
    if (this.#answer.kind !== this.#asked.kind) throw new CheckFailure('otherKind')
    this.#holds({ network: descriptor.name, fingerprint, validators: descriptor.validators.length })
  }

  async #headers(): Promise<void> {
    this.#now = 'headers'
    const { entries, headers, told } = this.#answer.evidence
    const chains = [...entries.map(({ bundle }) => bundle.headers), ...(headers.length > 0 ? [headers] : [])]
    for (const chain of chains) {
      const name = chain.join(' ')
      if (!this.#checked.has(name)) this.#checked.set(name, await checkHeaders(chain, this.#trusted.anchor))
    }
    const all = [...this.#checked.values()]
    const last = all.at(-1)?.last
    if (last === undefined) {
      if (told.length === 0) throw new CheckFailure('noEvidence')
      return
    }
    this.#holds({
      headers: all.reduce((sum, { headers: each }) => sum + each.length, 0),
      signatures: all.reduce((sum, each) => sum + each.signatures, 0),
      keys: keysOf(last),
      blockIndex: last.blockIndex,
      timeMs: last.timeMs,
    })
  }

  /** Entries are proven as they are read; what they say is then compared with what is shown. */
  async #entries(asked: Exclude<Asked, { readonly kind: 'block' | 'transaction' }>): Promise<void> {
    this.#now = 'entries'
    const { descriptor } = this.#trusted
    const { entries, told } = this.#answer.evidence
    const reader = new EvidenceReader(entries, ({ bundle }) => this.#checked.get(bundle.headers.join(' '))!)
    const derived =
      asked.kind === 'proposal' ? await deriveProposal(asked.id, reader, descriptor) : await deriveShown(asked, reader, descriptor)
    const first = reader.read[0]
    if (first !== undefined) {
      const { blockIndex, stateRoot } = first
      this.#holds({ entries: reader.read.length, blockIndex, stateRoot, keys: reader.read.map(({ key }) => bytesToHex(key)) })
    }
    this.#now = 'content'
    const isTold = told.some(({ what }) => what === 'absent')
    // Whoever leaves out an entry must at least say that nodes deny it.
    if (reader.missing.length > 0 && !isTold) throw new CheckFailure('leftOut')
    this.#compare(asked.kind === 'proposal' ? withoutWords(this.#answer.shown) : this.#answer.shown, derived)
    if (first !== undefined) this.#holds({ entries: reader.read.length })
  }

  #inBlock(): void {
    this.#now = 'transaction'
    const { headers, transaction } = this.#answer.evidence
    const checked = this.#checked.get(headers.join(' '))
    if (checked === undefined) throw new CheckFailure('noEvidence')
    if (this.#asked.kind === 'block') {
      this.#block(checked.last, this.#asked.block)
      return
    }
    if (transaction === undefined) throw new CheckFailure('noEvidence')
    const read = parseTransaction(base64ToBytes(transaction.bytes))
    if (this.#asked.kind === 'transaction' && read.hash !== this.#asked.hash) throw new CheckFailure('otherTransaction')
    const { blockIndex, timeMs, merkleRoot } = checked.last
    if (merkleRootOfPath(read.hash, transaction.index, transaction.siblings) !== merkleRoot) throw new CheckFailure('merkleRoot')
    const { outcome: _outcome, notifications: _notifications, ...shown } = this.#answer.shown as Transaction
    this.#compare(shown, { ...read, blockIndex, timeMs })
    this.#holds({ hash: read.hash, place: transaction.index + 1, blockIndex })
  }

  #block(header: Header, asked: number | string): void {
    const { transactions, proposer: _proposer, ...shown } = this.#answer.shown as Block
    if (asked !== header.blockIndex && asked !== header.hash) throw new CheckFailure('otherBlock')
    if (merkleRootOf(transactions) !== header.merkleRoot) throw new CheckFailure('merkleRoot')
    const { hash, previousHash, timeMs, previousStateRoot, blockIndex } = header
    this.#compare(shown, { index: blockIndex, hash, previousHash, timeMs, previousStateRoot })
    this.#holds({ hash, transactions: transactions.length, blockIndex })
  }

  #compare(shown: unknown, proven: unknown): void {
    const where = difference(shown, proven)
    if (where !== undefined) throw new CheckFailure('differs', where)
  }

  #age(): void {
    this.#now = 'age'
    const newest = [...this.#checked.values()].at(-1)?.last
    // What is about one block or transaction does not grow old.
    if (newest === undefined || this.#asked.kind === 'block' || this.#asked.kind === 'transaction') return
    const ageMs = this.#nowMs - newest.timeMs
    if (ageMs < -maxClockErrorMs) throw new CheckFailure('clock')
    if (ageMs > maxAgeMs) throw new CheckFailure('stale')
    this.#holds({ ageMs: Math.max(0, ageMs), timeMs: newest.timeMs })
  }

  /** What is the nodes' word alone: that most of them say it is all there is. */
  #told(): void {
    this.#now = 'told'
    for (const { what, agree, differ, silent } of this.#answer.evidence.told) {
      if (differ.length >= agree.length) throw new CheckFailure('contradicted', [...differ].join(', '))
      this.#steps.push({ name: 'told', outcome: 'told', facts: { what, agree, differ, silent } })
    }
  }
}

function factsOf(error: unknown): Step['facts'] {
  if (error instanceof CheckFailure) return { why: error.fact, ...(error.detail === undefined ? {} : { where: error.detail }) }
  if (error instanceof UnfitEntry) return { why: error.fact }
  const code = errorCode(error)
  if (code === undefined) throw error
  return { why: 'proof', code, message: (error as Error).message }
}

/** A proposal without what the server says about it in words: its state follows from times, and what its calls do from the payload. */
function withoutWords(shown: unknown): unknown {
  if (shown === null) return null
  const { state: _state, calls: _calls, ...rest } = shown as Proposal
  return rest
}
