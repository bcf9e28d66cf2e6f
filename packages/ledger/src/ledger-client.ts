import { bytesToBase64, bytesToHex, type Clock, concatBytes, randomBytes, sha256, steadyClock } from '@hufu/primitives'
import { callScript } from './call-script.ts'
import type { ContractCall } from './contract-call.ts'
import { dryRun } from './dry-run.ts'
import { DurableQuorum } from './durable-quorum.ts'
import { LedgerError } from './errors.ts'
import { type Execution, parseResults } from './execution.ts'
import { type FollowedBlocks, type FollowOptions, followBlocks } from './follow-blocks.ts'
import { HeadWatcher } from './head-watcher.ts'
import type { LedgerReader, ReadOptions } from './ledger-reader.ts'
import type {
  LedgerWriter,
  PrepareOptions,
  SigningOptions,
  SubmitOptions,
  TransactionSender,
  Write,
  WriteOutcome,
} from './ledger-writer.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { nativeContracts } from './native-contracts.ts'
import type { NetworkDescriptor } from './network-descriptor.ts'
import { type FeePolicy, networkFee } from './network-fee.ts'
import { NodePool, parseBlockCount } from './node-pool.ts'
import type { DurableRecord, OutboxStore, PendingRecord } from './outbox-store.ts'
import { planSigners, type SigningPlan } from './plan-signers.ts'
import { readOutcome } from './read-outcome.ts'
import { RpcNode } from './rpc-node.ts'
import { scriptHashToBytes } from './script-hash.ts'
import { sendTransaction } from './send-transaction.ts'
import { type SignedTransaction, signTransaction } from './sign-transaction.ts'
import { asInteger, type StackItem } from './stack-item.ts'
import { type UnsignedTransaction, unsignedTransactionBytes } from './transaction.ts'
import { WriteTracker } from './write-tracker.ts'

/** A node to read from and send to. */
export interface NodeEndpoint {
  readonly rpcUrl: string
  readonly wsUrl?: string
}

/** Settings of a {@link LedgerClient}; every one but the network has a default. */
export interface LedgerClientOptions {
  readonly network: Pick<NetworkDescriptor, 'magic' | 'validators'>
  /** Nodes to read from and send to, such as one's own observers; default: the validators. */
  readonly nodes?: readonly NodeEndpoint[]
  /** Which node to start with; default: any. */
  readonly firstNode?: number
  /** Where writes are kept until they are settled; default: in memory, so that a crash forgets them. */
  readonly outbox?: OutboxStore
  readonly fetch?: typeof globalThis.fetch
  readonly WebSocket?: typeof globalThis.WebSocket
  /** Counts how long things take; default one that nobody sets, for a machine's clock that is put back would hold everything up. */
  readonly clock?: Clock
  /** How long a node may take for one answer; default 4,000. */
  readonly rpcTimeoutMs?: number
  /** Default 64 MiB: what the notifications of a full block may take. */
  readonly maxAnswerBytes?: number
  /** A node this many blocks behind the others is asked last; default 5. */
  readonly maxLagBlocks?: number
  /** How often the heights of several nodes are compared while the client is in use; default 2,000. */
  readonly surveyMs?: number
  /** How often to ask for new blocks while no subscription stands; default 250. */
  readonly pollMs?: number
  /** A subscription silent for this long counts as dead; default 10,000. */
  readonly staleMs?: number
  /** How often to ask a validator whether it has written to disk, around the time when it should; default 50. */
  readonly durablePollMs?: number
  /** Blocks in which a transaction may still land; default 300. */
  readonly validBlocks?: number
  /** How long `inBlock` and `durable` wait before they throw ERR_LEDGER_UNKNOWN; default 60,000. */
  readonly waitMs?: number
  /** A transaction that is not durable after this long is sent again; default 3,000. */
  readonly resendMs?: number
  /** Added to the fee that a dry run tells, for the state may change until the block; default 10. */
  readonly feeMarginPercent?: number
  /** No single write may cost more, whatever a node says; default 200 GAS. */
  readonly maxSystemFeeDatoshi?: bigint
}

interface Running {
  readonly requestDigest: string
  readonly write: Promise<Write>
}

interface Request extends SigningPlan {
  readonly script: Uint8Array
  readonly idempotencyKey: string
  readonly requestDigest: string
  readonly systemFeeDatoshi: bigint | undefined
}

const feePolicyMaxAgeMs = 60_000

/** Reads from and writes to a Neo N3 network over several nodes. It does nothing until it is asked, and nothing on its own once all writes are settled. */
export class LedgerClient implements LedgerReader, LedgerWriter, TransactionSender {
  readonly #pool: NodePool
  readonly #heads: HeadWatcher
  readonly #quorum: DurableQuorum
  readonly #tracker: WriteTracker
  readonly #outbox: OutboxStore
  readonly #options: Required<Pick<LedgerClientOptions, 'network' | 'clock' | 'validBlocks' | 'feeMarginPercent' | 'maxSystemFeeDatoshi'>>
  readonly #running = new Map<string, Running>()
  #feePolicy: { readonly readAtMs: number; readonly policy: Promise<FeePolicy> } | undefined

  constructor(options: LedgerClientOptions) {
    const { network, nodes = network.validators, clock = steadyClock, outbox = new MemoryOutbox() } = options
    const { fetch = globalThis.fetch, WebSocket = globalThis.WebSocket, rpcTimeoutMs = 4_000, maxAnswerBytes = 67_108_864 } = options
    const {
      surveyMs = 2_000,
      maxLagBlocks = 5,
      pollMs = 250,
      staleMs = 10_000,
      durablePollMs = 50,
      waitMs = 60_000,
      resendMs = 3_000,
    } = options
    const { validBlocks = 300, feeMarginPercent = 10, maxSystemFeeDatoshi = 200_00000000n, firstNode = randomBytes(1)[0]! } = options
    const rpcNodes = new Map<string, RpcNode>()
    const rpcNode = (url: string) => {
      const node = rpcNodes.get(url) ?? new RpcNode(url, { fetch, timeoutMs: rpcTimeoutMs, maxAnswerBytes })
      rpcNodes.set(url, node)
      return node
    }
    const poolNodes = nodes.map(({ rpcUrl, wsUrl }) => ({ rpc: rpcNode(rpcUrl), wsUrl }))
    const validators = network.validators.map(({ rpcUrl, metricsUrl }) => ({ rpc: rpcNode(rpcUrl), metricsUrl }))
    this.#options = { network, clock, validBlocks, feeMarginPercent, maxSystemFeeDatoshi }
    this.#outbox = outbox
    this.#pool = new NodePool(poolNodes, { magic: network.magic, clock, maxLagBlocks, surveyMs }, firstNode)
    this.#heads = new HeadWatcher(this.#pool, { WebSocket, pollMs, staleMs })
    this.#quorum = new DurableQuorum(validators, { fetch, clock, timeoutMs: rpcTimeoutMs, pollMs: durablePollMs })
    this.#tracker = new WriteTracker({ pool: this.#pool, heads: this.#heads, quorum: this.#quorum, outbox, clock, waitMs, resendMs })
  }

  async invokeRead(call: ContractCall, options: ReadOptions = {}): Promise<StackItem> {
    const [result] = await this.invokeReadMany([call], options)
    return result!
  }

  async invokeReadMany(calls: readonly ContractCall[], options: ReadOptions = {}): Promise<readonly StackItem[]> {
    const results = parseResults(await dryRun(this.#pool, callScript(calls, 'readOnly'), [], options.signal))
    if (results.length !== calls.length) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected one result for each call')
    return results
  }

  getBlockCount(options: ReadOptions = {}): Promise<number> {
    return this.#pool.call('getblockcount', [], parseBlockCount, options)
  }

  async estimateSystemFee(calls: readonly ContractCall[], options: SigningOptions): Promise<bigint> {
    return this.#systemFee(await dryRun(this.#pool, callScript(calls, 'all'), planSigners(options).signers))
  }

  async submit(calls: readonly ContractCall[], options: SubmitOptions): Promise<Write> {
    const plan = planSigners(options)
    const script = callScript(calls, 'all')
    const { idempotencyKey, systemFeeDatoshi } = options
    const requestDigest = digestOf(script, plan)
    return this.#once(idempotencyKey, requestDigest, () =>
      this.#signed({ ...plan, script, idempotencyKey, requestDigest, systemFeeDatoshi }),
    )
  }

  async prepare(calls: readonly ContractCall[], { account, validBlocks }: PrepareOptions): Promise<Uint8Array> {
    const plan = planSigners({ account })
    const { transaction } = await this.#build({ ...plan, script: callScript(calls, 'all'), systemFeeDatoshi: undefined }, validBlocks)
    return unsignedTransactionBytes(transaction)
  }

  async sendSigned(signed: SignedTransaction, options: { idempotencyKey: string; validUntilBlock: number }): Promise<Write> {
    const { idempotencyKey, validUntilBlock } = options
    const requestDigest = bytesToHex(sha256(signed.bytes))
    return this.#once(idempotencyKey, requestDigest, async () => pendingRecord({ idempotencyKey, requestDigest }, signed, validUntilBlock))
  }

  /**
   * Takes up the writes that a crash left in the outbox: sends the same bytes again, which can never double them, and follows them to their end.
   *
   * @returns one write for each, by its idempotency key
   */
  async resume(): Promise<ReadonlyMap<string, Write>> {
    const writes = new Map<string, Write>()
    for (const record of await this.#outbox.pending()) {
      const running = this.#running.get(record.idempotencyKey)
      writes.set(record.idempotencyKey, running === undefined ? this.#takeUp(record) : await running.write)
    }
    return writes
  }

  /** Tells of new blocks as nodes announce them: some may come twice or be missed. @returns ends it */
  watchHead(listener: (blockIndex: number) => void): () => void {
    return this.#heads.listen(({ blockIndex }) => listener(blockIndex))
  }

  /** Reads the chain's blocks in order, with the notifications of chosen contracts. See {@link followBlocks}. */
  follow(options: FollowOptions): AsyncGenerator<FollowedBlocks, void, undefined> {
    return followBlocks(this.#pool, this.#heads, options)
  }

  /** Stops all that runs in the background. Writes that are not settled stay in the outbox. */
  close(): void {
    this.#tracker.close()
    this.#quorum.close()
  }

  /** One write for each key; `sign` is asked only if there is none yet. */
  #once(idempotencyKey: string, requestDigest: string, sign: () => Promise<PendingRecord>): Promise<Write> {
    let running = this.#running.get(idempotencyKey)
    if (running === undefined) {
      running = { requestDigest, write: this.#write(idempotencyKey, requestDigest, sign) }
      this.#running.set(idempotencyKey, running)
      running.write.catch(() => this.#running.delete(idempotencyKey))
    }
    if (running.requestDigest !== requestDigest) throw otherRequest()
    return running.write
  }

  async #write(idempotencyKey: string, requestDigest: string, sign: () => Promise<PendingRecord>): Promise<Write> {
    const before = await this.#outbox.find(idempotencyKey)
    if (before !== undefined && before.requestDigest !== requestDigest) throw otherRequest()
    if (before?.state === 'pending') return this.#takeUp(before)
    if (before?.state === 'durable') {
      this.#running.delete(idempotencyKey)
      return this.#durableWrite(before)
    }
    const record = await sign()
    await this.#outbox.put(record)
    return this.#send(record)
  }

  async #signed(request: Request): Promise<PendingRecord> {
    const { accounts } = request
    const { validBlocks, network } = this.#options
    const { transaction, validUntilBlock } = await this.#build(request, validBlocks)
    return pendingRecord(request, await signTransaction(transaction, accounts, network.magic), validUntilBlock)
  }

  async #build(
    request: Pick<Request, 'script' | 'signers' | 'accounts' | 'systemFeeDatoshi'>,
    validBlocks: number,
  ): Promise<{ transaction: UnsignedTransaction; validUntilBlock: number }> {
    const { script, signers, accounts } = request
    const [systemFeeDatoshi, policy, blockCount] = await Promise.all([
      request.systemFeeDatoshi ?? dryRun(this.#pool, script, signers).then(execution => this.#systemFee(execution)),
      this.#readFeePolicy(),
      this.#pool.blockCount(),
    ])
    const validUntilBlock = blockCount - 1 + validBlocks
    const nonce = new DataView(randomBytes(4).buffer).getUint32(0)
    const unpaid = { nonce, systemFeeDatoshi, networkFeeDatoshi: 0n, validUntilBlock, signers, script }
    return { transaction: { ...unpaid, networkFeeDatoshi: networkFee(unpaid, accounts, policy) }, validUntilBlock }
  }

  async #send(record: PendingRecord): Promise<Write> {
    const { idempotencyKey, transactionHash, transaction } = record
    const write = this.#track(record)
    const sent = await sendTransaction(this.#pool, transaction)
    if (sent.kind !== 'refused') return write
    // Perhaps the committee has raised fees: too little for the bytes, or for checking the witness, which nodes tell in different ways.
    this.#feePolicy = undefined
    // As long as the outbox holds it, it may be sent again: should this fail, the write goes on.
    await this.#outbox.remove(idempotencyKey)
    this.#tracker.drop(transactionHash)
    throw new LedgerError('ERR_LEDGER_REJECTED', 'nodes refused the transaction', {
      transactionHash,
      reason: sent.refusal.reason,
      cause: sent.refusal,
    })
  }

  #takeUp(record: PendingRecord): Write {
    const write = this.#track(record)
    this.#running.set(record.idempotencyKey, { requestDigest: record.requestDigest, write: Promise.resolve(write) })
    void sendTransaction(this.#pool, record.transaction)
    return write
  }

  #track(record: PendingRecord): Write {
    return this.#tracker.track(record, () => this.#running.delete(record.idempotencyKey))
  }

  /** A write that was settled before, perhaps by another process. A node's word of it counts only if it has it in the block that the quorum had it in. */
  #durableWrite({ transactionHash, blockIndex }: DurableRecord): Write {
    const read = async (): Promise<WriteOutcome> => {
      let cause: unknown
      for (const node of this.#pool.order) {
        try {
          const outcome = await readOutcome(this.#pool.at(node), transactionHash)
          if (outcome?.halted === true && outcome.blockIndex === blockIndex) return outcome.outcome
        } catch (error) {
          cause = error
        }
      }
      const isUnreachable = cause instanceof LedgerError && cause.code === 'ERR_LEDGER_UNREACHABLE'
      const code = isUnreachable ? 'ERR_LEDGER_UNREACHABLE' : 'ERR_LEDGER_ANSWER'
      throw new LedgerError(code, 'expected a node that has the transaction in its block', { transactionHash, cause })
    }
    return { transactionHash, inBlock: read, durable: read }
  }

  #systemFee({ systemFeeDatoshi }: Execution): bigint {
    const { feeMarginPercent, maxSystemFeeDatoshi } = this.#options
    const withMargin = (systemFeeDatoshi * BigInt(100 + feeMarginPercent)) / 100n
    if (withMargin > maxSystemFeeDatoshi) throw new LedgerError('ERR_LEDGER_FEE', 'a node asks for a higher fee than maxSystemFeeDatoshi')
    return withMargin
  }

  #readFeePolicy(): Promise<FeePolicy> {
    const nowMs = this.#options.clock.nowMs()
    if (this.#feePolicy === undefined || nowMs - this.#feePolicy.readAtMs > feePolicyMaxAgeMs) {
      const policy = this.invokeReadMany([
        { contract: nativeContracts.policy, method: 'getFeePerByte', args: [] },
        { contract: nativeContracts.policy, method: 'getExecPicoFeeFactor', args: [] },
      ]).then(([feePerByte, execFeeFactor]) => ({ feePerByteDatoshi: asInteger(feePerByte), execFeeFactorPico: asInteger(execFeeFactor) }))
      this.#feePolicy = { readAtMs: nowMs, policy }
      policy.catch(() => {
        this.#feePolicy = undefined
      })
    }
    return this.#feePolicy.policy
  }
}

function pendingRecord(
  { idempotencyKey, requestDigest }: Pick<PendingRecord, 'idempotencyKey' | 'requestDigest'>,
  signed: SignedTransaction,
  validUntilBlock: number,
): PendingRecord {
  const transaction = bytesToBase64(signed.bytes)
  return { state: 'pending', idempotencyKey, requestDigest, transactionHash: signed.hash, transaction, validUntilBlock }
}

/** What a write asks for; fees, nonce and expiry may differ when it is asked again. */
function digestOf(script: Uint8Array, { accounts }: SigningPlan): string {
  return bytesToHex(sha256(concatBytes(sha256(script), ...accounts.map(account => scriptHashToBytes(account.scriptHash)))))
}

function otherRequest(): LedgerError {
  return new LedgerError('ERR_LEDGER_IDEMPOTENCY', 'idempotency key names a write of other calls or accounts')
}
