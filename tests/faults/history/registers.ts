import { identifiers } from '@hufu/bindings'
import { createDid, type Did, decodeRecord, updateDid } from '@hufu/did'
import { type Account, asStruct, type LedgerClient, singleAccount } from '@hufu/ledger'
import { errorCode, parseJson } from '@hufu/primitives'
import { fixedSigner, type TestNetwork } from '@hufu/testkit'
import type { FinalVersion, RecordedRead, RecordedWrite } from './check-history.ts'

const valuePrefix = 'https://value.example/'

/** Identifiers, used as registers: the value is what the document says that they are also known as. */
export class Registers {
  readonly names: readonly Did[]
  readonly #network: TestNetwork
  readonly #accounts: ReadonlyMap<Did, Account>
  readonly #readers: readonly LedgerClient[]

  private constructor(network: TestNetwork, accounts: ReadonlyMap<Did, Account>) {
    this.#network = network
    this.#accounts = accounts
    this.names = [...accounts.keys()]
    this.#readers = network.descriptor.validators.map(({ rpcUrl }) => network.client({ nodes: [{ rpcUrl }], rpcTimeoutMs: 1_000 }))
  }

  static async make(network: TestNetwork, count: number): Promise<Registers> {
    const accounts = await Promise.all(
      Array.from({ length: count }, async (_, index) => singleAccount(await fixedSigner(`register ${index}`))),
    )
    const ledger = { client: network.ledger, network: network.descriptor }
    const writes = await Promise.all(accounts.map(account => createDid(ledger, { account, sponsor: network.committee })))
    await Promise.all(writes.map(write => write.durable()))
    return new Registers(network, new Map(writes.map(({ did }, index) => [did, accounts[index]!])))
  }

  /** Writes by a client and waits until it is durable. Never rejects. */
  async write(client: LedgerClient, did: Did, expectedVersion: number, value: string): Promise<RecordedWrite> {
    const calledMs = performance.now()
    const ledger = { client, network: this.#network.descriptor }
    const document = { id: did, alsoKnownAs: [`${valuePrefix}${value}`] }
    const outcome = await updateDid(ledger, {
      did,
      expectedVersion,
      account: this.#accounts.get(did)!,
      sponsor: this.#network.committee,
      document,
    })
      .then(write => write.durable())
      .then(
        ({ version, outcome: { blockIndex } }) => ({ kind: 'durable', version: version!, blockIndex }) as const,
        error => ({ kind: refusalKind(error) }) as const,
      )
    const returnedMs = outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : performance.now()
    return { kind: 'write', register: did, expectedVersion, value, calledMs, returnedMs, outcome }
  }

  /** Asks one node. @returns undefined if it did not answer, or was killed meanwhile */
  async read(node: number, did: Did, lives: readonly number[]): Promise<RecordedRead | undefined> {
    const [calledMs, life] = [performance.now(), lives[node]!]
    const found = await this.#versionOf(node, did, 0).catch(() => undefined)
    if (found === undefined || lives[node] !== life) return undefined
    return { kind: 'read', register: did, node: `node ${node}`, life, calledMs, returnedMs: performance.now(), ...found }
  }

  /** Every version that a node has of a register. */
  async finals(node: number, did: Did): Promise<readonly FinalVersion[]> {
    const { version: latest } = await this.#versionOf(node, did, 0)
    return Promise.all(Array.from({ length: latest }, (_, index) => this.#versionOf(node, did, index + 1)))
  }

  /** @param version - 0 stands for the latest */
  async #versionOf(node: number, identifier: Did, version: number): Promise<FinalVersion> {
    const contract = identifiers(this.#network.descriptor.contracts.identifiers.hash)
    const call = contract.resolve({ identifier: this.#accounts.get(identifier)!.scriptHash, version: BigInt(version) })
    const [record] = asStruct(await this.#readers[node]!.invokeRead(call), 2)
    const { version: found, blockIndex, document } = decodeRecord(record)
    const { alsoKnownAs } = (document.length === 0 ? {} : parseJson(new TextDecoder().decode(document))) as {
      alsoKnownAs?: readonly string[]
    }
    return { version: found, blockIndex, value: alsoKnownAs?.[0]?.slice(valuePrefix.length) ?? 'made' }
  }
}

/** What a caller knows who got this error. @throws what no fault explains */
function refusalKind(error: unknown): 'conflict' | 'unknown' {
  const code = errorCode(error)
  if (code === 'ERR_DID_VERSION_CONFLICT') return 'conflict'
  if (code?.startsWith('ERR_LEDGER_') === true) return 'unknown'
  throw error
}
