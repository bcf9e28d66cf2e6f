import {
  type ContractDescriptor,
  type LedgerError,
  LightClient,
  type LightClientOptions,
  type NetworkDescriptor,
  NodeError,
  type ProofBundle,
  type TrustAnchor,
  type VerifiedEntry,
  verifyProofBundle,
} from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, errorCode } from '@hufu/primitives'
import type { Capabilities, ChainAdapter, ChainProof, Receipt, Verdict, View, ViewAddress } from '../adapter.ts'
import { type AssurancePolicy, requireAssurance } from '../assurance.ts'
import { ChainError, type ChainErrorCode } from '../errors.ts'
import { type NetworkId, parseNetworkId } from '../network-id.ts'

/** Form of Neo's proofs: the bundle of docs/light-client.md, version 1. */
export const neoProofFormat = 'neo-bundle/1'

/** Settings of {@link NeoChain}. */
export interface NeoChainOptions extends Omit<LightClientOptions, 'network'> {
  readonly network: Pick<NetworkDescriptor, 'magic' | 'validators' | 'contracts'>
}

/** What the light client's failures are to a caller of the chain. */
const ofLedger: Partial<Record<LedgerError['code'], ChainErrorCode>> = {
  ERR_LEDGER_ABSENT: 'ERR_CHAIN_ABSENT',
  ERR_LEDGER_ANSWER: 'ERR_CHAIN_ANSWER',
  ERR_LEDGER_NODE: 'ERR_CHAIN_ANSWER',
  ERR_LEDGER_PROOF: 'ERR_CHAIN_PROOF',
  ERR_LEDGER_STALE: 'ERR_CHAIN_STALE',
  ERR_LEDGER_UNREACHABLE: 'ERR_CHAIN_UNREACHABLE',
}

/**
 * A Neo network, read by light client: ours, seen from other chains, or another one. Its addresses are a contract's number and a path of one storage
 * key in base64. It writes nothing: see `LedgerClient`.
 */
export class NeoChain implements ChainAdapter<TrustAnchor> {
  readonly network: NetworkId
  readonly #client: LightClient
  readonly #contracts: readonly ContractDescriptor[]
  /** Evidence of what was given, for `prove`. */
  readonly #proofs = new WeakMap<object, ChainProof>()

  constructor(options: NeoChainOptions) {
    this.network = parseNetworkId(`neo3:${options.network.magic}`)
    this.#client = new LightClient(options)
    this.#contracts = Object.values(options.network.contracts)
  }

  capabilities(): Capabilities {
    return { read: 'lightClient', events: null, anchor: false, invoke: false, isFinal: true }
  }

  /** As {@link ChainAdapter.read}. That there is no entry is the nodes' word. */
  async read(view: ViewAddress, { minAssurance, at }: { readonly minAssurance: AssurancePolicy; readonly at?: number }): Promise<View> {
    const [key, ...others] = view.path
    const contract = this.#contracts.find(({ id }) => String(id) === view.contract)
    if (contract === undefined || key === undefined || others.length > 0) throw new TypeError("expected a contract's number and one key")
    const { entry, bundle } = await translated(() =>
      this.#client.provenStorage(contract, base64ToBytes(key), at === undefined ? {} : { atBlockIndex: at }),
    )
    const answer = viewOf(entry, this.network)
    requireAssurance(answer.assurance, minAssurance)
    this.#proofs.set(answer, { format: neoProofFormat, network: this.network, evidence: bundle satisfies ProofBundle })
    return answer
  }

  /** Not by this adapter: `ERR_CHAIN_UNSUPPORTED`. */
  async anchor(): Promise<never> {
    throw unsupported()
  }

  /** Not by this adapter: `ERR_CHAIN_UNSUPPORTED`. */
  async invoke(): Promise<never> {
    throw unsupported()
  }

  /** Not by this adapter: `ERR_CHAIN_UNSUPPORTED`. */
  events(): never {
    throw unsupported()
  }

  /** As {@link ChainAdapter.prove}, for what this object gave. */
  async prove(of: View | Receipt): Promise<ChainProof> {
    const proof = this.#proofs.get(of)
    if (proof === undefined) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'expected what this adapter itself gave')
    return proof
  }

  verify(proof: ChainProof, trust: TrustAnchor): Promise<Verdict> {
    return verifyNeoProof(proof, trust)
  }
}

/** Checks a proof of Neo's state offline. @throws ChainError `ERR_CHAIN_PROOF`, `ERR_CHAIN_NETWORK` */
export async function verifyNeoProof({ format, network, evidence }: ChainProof, trust: TrustAnchor): Promise<Verdict> {
  if (format !== neoProofFormat) throw new ChainError('ERR_CHAIN_PROOF', `expected evidence of the form ${neoProofFormat}`)
  if (network !== `neo3:${trust.magic}`) throw new ChainError('ERR_CHAIN_NETWORK', 'the proof is of another network')
  return viewOf(await translated(() => verifyProofBundle(evidence, trust)), network)
}

function viewOf({ contractId, key, value, blockIndex, headerTimeMs }: VerifiedEntry, network: NetworkId): View {
  return {
    network,
    address: { contract: String(contractId), path: [bytesToBase64(key)] },
    value,
    height: blockIndex,
    timeMs: headerTimeMs,
    assurance: { kind: 'lightClient' },
  }
}

/** What nodes answer when they are asked for a block that they do not have yet. */
const unknownHeight = -109

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof NodeError && cause.rpcCode === unknownHeight)
      throw new ChainError('ERR_CHAIN_STALE', 'no node has a block that new yet', { cause })
    const code = ofLedger[errorCode(cause) as LedgerError['code']]
    if (code === undefined) throw cause
    throw new ChainError(code, (cause as Error).message, { cause })
  }
}

function unsupported(): ChainError {
  return new ChainError('ERR_CHAIN_UNSUPPORTED', 'this adapter reads and proves')
}
