import { status, trust } from '@hufu/bindings'
import type { Account, ContractCall, Write } from '@hufu/ledger'
import { randomBytes, utf8ToBytes } from '@hufu/primitives'
import type { Comparison } from '../compare.ts'
import { type LoadNetwork, sharedLoadNetwork } from '../fixtures/load-network.ts'
import { neoPeer } from '../peers.ts'

const singleWritesPerRun = 120
/** One for each city and the coordinator, all at the same time. */
const issuers = 7
const batchesPerRun = 2
/** The most that one call takes. */
const leavesPerBatch = 2_000
export const typeId = 'bench'
const endOfTimeMs = 8_640_000_000_000_000n

/** Leaves appended in batches beside identifiers registered one by one, on seven validators. */
export const leaves: Comparison = {
  name: 'leaves',
  description: `append ${leavesPerBatch} leaves a transaction, ${issuers} issuers at once, or register identifiers singly; seven validators`,
  peer: neoPeer,
  shares: [sharedLoadNetwork],
  measures: [
    { figure: 'perSecond', of: 'A/B', goal: { atLeast: 20 } },
    { figure: 'perSecond', of: 'A', goal: { atLeast: 3_000 } },
    { figure: 'nodeCpuMsEach', of: 'A/B' },
  ],
  async open(runs) {
    const loadNetwork = await sharedLoadNetwork.get()
    const { accounts, load, measure, register } = loadNetwork
    const trees = (await accreditedIssuers(loadNetwork, issuers)).map(issuer => treeOf(loadNetwork, issuer))
    const unused = await accounts(runs * singleWritesPerRun)
    const appendAll = async () => (await Promise.all(trees.map(append => append()))).flat()
    return {
      a: { name: 'batched leaves', run: () => measure(issuers * batchesPerRun * leavesPerBatch, appendAll) },
      b: { name: 'single registrations', run: () => load(unused.splice(0, singleWritesPerRun), register) },
      close: async () => undefined,
    }
  },
}

/** An issuer's tree: each batch must start where the one before ended, so one is in a block before the next is sent. */
function treeOf({ network, submit }: LoadNetwork, { issuer, account }: Issuer): () => Promise<readonly Write[]> {
  const contract = status(network.descriptor.contracts.status.hash)
  let size = 0
  return async () => {
    const writes: Write[] = []
    for (let batch = 0; batch < batchesPerRun; batch++) {
      const entries = { firstIndex: BigInt(size), leaves: randomBytes(32 * leavesPerBatch), root: randomBytes(32) }
      const write = await submit(contract.append({ issuer, typeId, ...entries }), account)
      await write.inBlock()
      size += leavesPerBatch
      writes.push(write)
    }
    return writes
  }
}

/** Who may append leaves of {@link typeId}. */
export interface Issuer {
  readonly issuer: Account['scriptHash']
  readonly account: Account
}

/** Makes issuers that pay for themselves, each a bureau that is its own authority. */
export async function accreditedIssuers({ network, accounts, submit, register }: LoadNetwork, count: number): Promise<readonly Issuer[]> {
  const registry = trust(network.descriptor.contracts.trust.hash)
  const write = async (call: ContractCall, account: Account) => (await submit(call, account)).inBlock()
  const found = async (call: ContractCall, idempotencyKey: string) =>
    (await network.founding.submit([call], { account: network.committee, idempotencyKey })).inBlock()
  await found(registry.registerCredentialType({ typeId, version: 1n, schema: utf8ToBytes('{}') }), 'bench: type')
  const made = await accounts(count, 1_000n)
  return Promise.all(
    made.map(async account => {
      const issuer = account.scriptHash
      const own = { authority: issuer, institution: issuer }
      await write(register(account), account)
      await found(registry.addAuthority({ authority: issuer, region: '990100', validUntilMs: endOfTimeMs }), `bench: authority ${issuer}`)
      await write(registry.addInstitution({ ...own, kind: 'bureau', validUntilMs: endOfTimeMs }), account)
      await write(registry.accreditIssuer({ ...own, typeId, validFromMs: 0n, validUntilMs: endOfTimeMs }), account)
      return { issuer, account }
    }),
  )
}
