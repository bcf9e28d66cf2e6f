import { describe, expect, test } from 'vitest'
import type { ChainProof, Receipt, View, ViewAddress } from '../adapter.ts'
import { ChainError, type ChainErrorCode } from '../errors.ts'
import { parseNetworkId } from '../network-id.ts'
import { bringProof, relayKey } from './bring-proof.ts'
import { type Arrival, relayEntry } from './relay-entry.ts'

const network = parseNetworkId('neo3:77')
const address: ViewAddress = { contract: '1', path: ['aQ=='] }
const patience = { withinMs: 300, retryMs: 1 }
const refusedWith = (code: ChainErrorCode) => expect.objectContaining({ code })

/** A chain that has come so far, and comes one block further with each question that it cannot answer yet. */
class Source {
  height: number

  constructor(height: number) {
    this.height = height
  }

  async read(_: ViewAddress, { at = this.height }: { readonly at?: number }): Promise<View> {
    if (at > this.height) {
      this.height++
      throw new ChainError('ERR_CHAIN_STALE', 'not there yet')
    }
    const value = Uint8Array.of(at)
    return { network, address, value, height: at, timeMs: at * 1000, assurance: { kind: 'lightClient' } }
  }

  async prove(of: View | Receipt): Promise<ChainProof> {
    return { format: 'neo-bundle/1', network, evidence: { height: of.height } }
  }
}

/** A chain that takes what is newer than what it holds, once for each key; before that it fails with these codes in turn. */
class Target {
  readonly network = parseNetworkId('eip155:5')
  readonly keys: string[] = []
  readonly taken = new Map<string, Receipt>()
  held: number
  readonly #failures: ChainErrorCode[]

  constructor({ held = 0, failures = [] }: { readonly held?: number; readonly failures?: readonly ChainErrorCode[] } = {}) {
    this.held = held
    this.#failures = [...failures]
  }

  async anchor({ proof }: { readonly proof: ChainProof }, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<Receipt> {
    this.keys.push(idempotencyKey)
    const failure = this.#failures.shift()
    // Lost on the way back: it has taken effect all the same.
    if (failure === 'ERR_CHAIN_UNKNOWN') this.#take(proof, idempotencyKey)
    if (failure !== undefined) throw new ChainError(failure, 'as the test wants it')
    return this.#take(proof, idempotencyKey)
  }

  #take(proof: ChainProof, idempotencyKey: string): Receipt {
    const known = this.taken.get(idempotencyKey)
    if (known !== undefined) return { ...known, repeated: true }
    const { height } = proof.evidence as { readonly height: number }
    if (height < this.held) throw new ChainError('ERR_CHAIN_ROLLBACK', 'it holds a newer one')
    this.held = height
    const receipt: Receipt = {
      network: this.network,
      idempotencyKey,
      transactionId: `transaction ${this.taken.size}`,
      height,
      result: new Uint8Array(),
      repeated: false,
      assurance: { kind: 'gatewaySigned' },
    }
    this.taken.set(idempotencyKey, receipt)
    return receipt
  }
}

function arrived(arrival: Arrival | undefined): Extract<Arrival, { receipt: Receipt }> {
  if (arrival === undefined || !('receipt' in arrival)) throw arrival?.error
  return arrival
}

describe('an entry is brought', () => {
  test('once the source can prove it, to every chain', async () => {
    const targets = [new Target(), new Target()]
    const arrivals = await relayEntry({ source: new Source(4), address, since: 7, targets, ...patience })
    expect(arrivals.map(arrival => arrived(arrival).view.height)).toEqual([7, 7])
    expect(targets.map(({ held }) => held)).toEqual([7, 7])
    expect(arrivals.every(({ tookMs }) => tookMs > 0 && tookMs < 300)).toBe(true)
  })

  test('not at all by a source that does not come so far in time', async () => {
    const source = { ...new Source(4), read: () => Promise.reject(new ChainError('ERR_CHAIN_STALE', 'never')), prove: async () => never() }
    const target = new Target()
    await expect(relayEntry({ source, address, since: 7, targets: [target], ...patience })).rejects.toThrow(refusedWith('ERR_CHAIN_STALE'))
    expect(target.keys).toEqual([])
  })

  test('with as much behind it as is asked for, or not', async () => {
    const asked: unknown[] = []
    const source = new Source(7)
    const read: Source['read'] = (view, options) => {
      asked.push((options as { minAssurance?: unknown }).minAssurance)
      return source.read(view, options)
    }
    const relay = { source: { read, prove: source.prove }, address, since: 7, targets: [new Target()], ...patience }
    await relayEntry(relay)
    await relayEntry({ ...relay, minAssurance: { kind: 'attested', minK: 2 } })
    expect(asked).toEqual([{ kind: 'lightClient' }, { kind: 'attested', minK: 2 }])
  })

  test('to the others, where one refuses', async () => {
    const [failing, other] = [new Target({ failures: ['ERR_CHAIN_REFUSED'] }), new Target()]
    const [one, two] = await relayEntry({ source: new Source(7), address, since: 7, targets: [failing, other], ...patience })
    expect(one).toMatchObject({ error: refusedWith('ERR_CHAIN_REFUSED') })
    expect(failing.keys).toHaveLength(1)
    expect(arrived(two).receipt.height).toBe(7)
  })

  test('as of a later block, where somebody else has shown the chain a newer state', async () => {
    const source = new Source(7)
    const target = new Target({ held: 9 })
    const behind = relayEntry({ source, address, since: 7, targets: [target], ...patience })
    setTimeout(() => {
      source.height = 12
    }, 20)
    const [arrival] = await behind
    expect(arrived(arrival).view.height).toBe(12)
    expect(target.held).toBe(12)
  })

  test('and an older state is not, however long it is tried', async () => {
    const target = new Target({ held: 9 })
    const [arrival] = await relayEntry({ source: new Source(7), address, since: 7, targets: [target], ...patience })
    expect(arrival).toMatchObject({ error: refusedWith('ERR_CHAIN_ROLLBACK') })
    expect(target.taken.size).toBe(0)
  })
})

describe('a proof takes effect once', () => {
  const proof: ChainProof = { format: 'neo-bundle/1', network, evidence: { height: 7, key: 'aQ==' } }

  test('when the answer is lost, or nobody answers', async () => {
    const target = new Target({ failures: ['ERR_CHAIN_UNREACHABLE', 'ERR_CHAIN_UNKNOWN', 'ERR_CHAIN_UNREACHABLE'] })
    await expect(bringProof(target, proof, patience)).resolves.toMatchObject({ repeated: true, transactionId: 'transaction 0' })
    expect(target.taken.size).toBe(1)
    expect(new Set(target.keys)).toEqual(new Set([relayKey(proof)]))
    expect(target.keys).toHaveLength(4)
  })

  test('for a relayer that remembers nothing', async () => {
    const target = new Target()
    const first = await bringProof(target, proof, patience)
    await expect(bringProof(target, structuredClone(proof), patience)).resolves.toEqual({ ...first, repeated: true })
  })

  test('under a key that any change of the proof changes, and the order of its members does not', () => {
    const key = relayKey(proof)
    expect(key).toMatch(/^relay:[0-9a-f]{64}$/)
    expect(relayKey({ evidence: { key: 'aQ==', height: 7 }, network, format: 'neo-bundle/1' })).toBe(key)
    expect(relayKey({ ...proof, evidence: { height: 8, key: 'aQ==' } })).not.toBe(key)
    expect(relayKey({ ...proof, network: parseNetworkId('neo3:78') })).not.toBe(key)
    expect(relayKey({ ...proof, format: 'neo-bundle/2' })).not.toBe(key)
  })

  test('and not at all where nobody answers in time, or who asked has left', async () => {
    const silent = new Target({ failures: Array.from({ length: 1_000 }, () => 'ERR_CHAIN_UNREACHABLE' as const) })
    await expect(bringProof(silent, proof, { withinMs: 20, retryMs: 5 })).rejects.toThrow(refusedWith('ERR_CHAIN_UNREACHABLE'))
    expect(silent.taken.size).toBe(0)
    const target = new Target()
    await expect(bringProof(target, proof, { signal: AbortSignal.abort() })).rejects.toThrow()
    expect(target.keys).toEqual([])
  })
})

function never(): never {
  throw new Error('not to be called')
}
