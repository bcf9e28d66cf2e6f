import { status, trust } from '@hufu/bindings'
import type { Account } from '@hufu/ledger'
import { randomBytes, utf8ToBytes } from '@hufu/primitives'
import type { Comparison } from '../compare.ts'
import { startLoadNetwork } from '../fixtures/load-network.ts'

const singleWritesPerRun = 150
const leavesPerBatch = 2_000
const batchesPerRun = 6
const typeId = 'urn:hufu:bench'
const endOfTimeMs = 8_640_000_000_000_000n

/** Leaves appended in batches, beside identifiers registered one by one, on seven validators. */
export const leaves: Comparison = {
  name: 'leaves',
  description: `append ${leavesPerBatch} leaves a transaction vs register identifiers singly, seven validators; entries per second, in a block`,
  rounds: 9,
  goals: [
    { figure: 'perSecond', ratio: { atLeast: 20 } },
    { figure: 'perNodeCpuSecond', ratio: { atLeast: 20 } },
  ],
  async open() {
    const { network, client, accounts, load, register } = await startLoadNetwork(7)
    const { contracts } = network.descriptor
    const registry = trust(contracts.trust.hash)
    const [issuer] = (await accounts(1)) as [Account]
    const { scriptHash } = issuer
    const council = { account: network.committee }
    const write = async (call: Parameters<typeof client.submit>[0][number], options: { account: Account }, key: string) =>
      (await client.submit([call], { ...options, idempotencyKey: key })).inBlock()
    await write(register(issuer), { account: issuer }, 'bench: issuer')
    await write(registry.registerCredentialType({ typeId, version: 1n, schema: utf8ToBytes('{}') }), council, 'bench: type')
    await write(registry.addAuthority({ authority: scriptHash, region: '990000', validUntilMs: endOfTimeMs }), council, 'bench: authority')
    await write(registry.addInstitution({ authority: scriptHash, institution: scriptHash, kind: 'bureau', validUntilMs: endOfTimeMs }), { account: issuer }, 'bench: institution')
    await write(registry.accreditIssuer({ authority: scriptHash, institution: scriptHash, typeId, validFromMs: 0n, validUntilMs: endOfTimeMs }), { account: issuer }, 'bench: right')
    let size = 0
    const appendBatches = async () => {
      // One batch after the other: each must start where the one before ended.
      const figures = { perSecond: 0, perNodeCpuSecond: 0 }
      for (let batch = 0; batch < batchesPerRun; batch++) {
        const call = status(contracts.status.hash).append({ issuer: scriptHash, typeId, firstIndex: BigInt(size), leaves: randomBytes(32 * leavesPerBatch), root: randomBytes(32) })
        const { perSecond, perNodeCpuSecond } = await load([network.committee], () => call)
        void perSecond
        void perNodeCpuSecond
        size += leavesPerBatch
      }
      return figures
    }
    return {
      a: { name: 'batched leaves', run: appendBatches },
      b: { name: 'single registrations', run: async () => load(await accounts(singleWritesPerRun), register) },
      close: () => network.stop(),
    }
  },
}
