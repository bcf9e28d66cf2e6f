import { bytesToHex, canonicalJsonBytes, sha256 } from '@hufu/primitives'
import type { ChainAdapter, ChainProof, Receipt } from '../adapter.ts'
import { ChainError } from '../errors.ts'

/** How long to try. */
export interface RelayPatience {
  /** Default 60,000. */
  readonly withinMs?: number
  /** Between two tries; default 50. */
  readonly retryMs?: number
  readonly signal?: AbortSignal
}

/**
 * The idempotency key under which a proof is brought: it comes of the proof alone. So a relayer needs no memory, and what it brings again after a crash
 * or a lost answer takes effect once.
 */
export function relayKey({ format, network, evidence }: ChainProof): string {
  return `relay:${bytesToHex(sha256(canonicalJsonBytes({ format, network, evidence })))}`
}

/**
 * Brings a proof to a chain that checks it for itself. Where it is not known whether it has arrived, it is brought again under the same key.
 *
 * @throws ChainError `ERR_CHAIN_REFUSED`: the chain does not find it proven; `ERR_CHAIN_ROLLBACK`: it has a newer one; `ERR_CHAIN_UNREACHABLE`,
 *   `ERR_CHAIN_UNKNOWN`: not in time; as `ChainAdapter.anchor`
 */
export function bringProof(chain: Pick<ChainAdapter, 'anchor'>, proof: ChainProof, patience: RelayPatience = {}): Promise<Receipt> {
  const idempotencyKey = relayKey(proof)
  return untilOver(patience, mayArrive, () => chain.anchor({ proof }, { idempotencyKey }))
}

/** Tries again while it fails with what may pass, and there is time. */
export async function untilOver<T>(
  { withinMs = 60_000, retryMs = 50, signal }: RelayPatience,
  mayPass: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (!mayPass(error) || performance.now() + retryMs > deadline) throw error
    }
    await new Promise(resolve => setTimeout(resolve, retryMs))
  }
}

export function hasChainCode(error: unknown, ...codes: readonly ChainError['code'][]): boolean {
  return error instanceof ChainError && codes.includes(error.code)
}

function mayArrive(error: unknown): boolean {
  return hasChainCode(error, 'ERR_CHAIN_UNKNOWN', 'ERR_CHAIN_UNREACHABLE')
}
