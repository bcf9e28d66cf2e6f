import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { council } from '@hufu/bindings'
import { decide, readCouncil } from '@hufu/council'
import { generateSecret, importSigner, type Signer } from '@hufu/keys'
import { asBytes, asNumber, asStruct, LedgerClient, type NetworkDescriptor, nativeContracts, singleAccount } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployContracts } from './deploy-contracts.ts'
import { foundNetwork } from './found-network.ts'
import { LocalNetwork } from './local-network.ts'
import { committeeAccount, createNetworkFolder, networkDescriptor, noContracts, validatorsAccount } from './network-folder.ts'
import { localCouncil } from './new-council.ts'
import { registerCandidate } from './register-candidate.ts'
import { fundAccounts, gasTransfer } from './treasury.ts'

const names = ['one', 'two', 'three', 'four']
/** Blocks after which the ledger elects anew: as many as its committee has members. */
const epoch = names.length

let parent: string
let nodes: LocalNetwork
let ledger: LedgerClient
let network: NetworkDescriptor

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'hufu-found-'))
  const files = await createNetworkFolder(join(parent, 'network'), { name: 'test', magic: 787_878, validators: names })
  nodes = await LocalNetwork.start(files)
  ledger = new LedgerClient({ network: networkDescriptor(files, noContracts) })
  const committee = committeeAccount(files)
  await fundAccounts(ledger, validatorsAccount(files), [committee.scriptHash], 100_000_00000000n, 'fund the committee')
  network = networkDescriptor(files, await deployContracts(ledger, committee, { production: false, council: localCouncil(files) }))
})

afterAll(async () => {
  ledger.close()
  await nodes.stop()
  rmSync(parent, { recursive: true, force: true })
})

test('gives each seat a ballot that votes for its validator, and the same validators go on; a second time does nothing', async () => {
  const before = await committee()
  await foundNetwork(ledger, nodes.files, network.contracts)
  const { seats, isFounding } = await readCouncil({ client: ledger, network })
  expect(isFounding).toBe(true)
  expect(seats.map(seat => [seat.name, seat.account, seat.validator])).toEqual(
    nodes.files.signers.map((signer, index) => [names[index], nodes.files.seatAccounts[index]!.scriptHash, hex(signer)]),
  )
  for (const { ballot } of seats) expect(await neoOf(ballot!)).toBe(25_000_000)
  expect(await neoOf(validatorsAccount(nodes.files).scriptHash)).toBe(0)
  await passEpochs(2)
  expect(await committee()).toEqual(before)

  const readOnly = {
    invokeRead: ledger.invokeRead.bind(ledger),
    invokeReadMany: ledger.invokeReadMany.bind(ledger),
    getBlockCount: ledger.getBlockCount.bind(ledger),
    estimateSystemFee: () => Promise.reject(new Error('nothing is to be written')),
    submit: () => Promise.reject(new Error('nothing is to be written')),
  }
  await foundNetwork(readOnly, nodes.files, network.contracts)
})

test('a validator is replaced by a vote of the council, and by nothing else', async () => {
  const sponsor = validatorsAccount(nodes.files)
  const successor = await importSigner('P-256', generateSecret('P-256'))
  await registerCandidate(ledger, successor, sponsor)
  const { seats } = await readCouncil({ client: ledger, network })
  // Neither the operator nor the seat can move the share of NEO.
  for (const [attempt, account] of [singleAccount(nodes.files.signers[3]!), nodes.files.seatAccounts[3]!].entries()) {
    const call = {
      contract: seats[3]!.ballot!,
      method: 'vote',
      args: [{ type: 'PublicKey', value: successor.publicKey.bytes }],
    } as const
    await expect(ledger.submit([call], { account, sponsor, idempotencyKey: `vote alone ${attempt}` })).rejects.toMatchObject({
      code: 'ERR_LEDGER_DRY_RUN_FAULT',
    })
  }
  await decide(
    { client: ledger, network },
    {
      seats: names.slice(0, 3).map((name, index) => ({ name, account: nodes.files.seatAccounts[index]! })),
      sponsor,
      title: 'four has a new key',
      calls: [council(network.contracts.council.hash).setValidator({ name: 'four', publicKey: successor.publicKey.bytes })],
      attempt: 'first',
    },
  )
  await passEpochs(2)
  const elected = await committee()
  expect(elected).toContain(hex(successor))
  expect(elected).not.toContain(hex(nodes.files.signers[3]!))
  expect(elected).toHaveLength(4)
  // Nobody runs the new one yet: three of four make blocks.
  await passEpochs(1)
})

function hex(signer: Signer): string {
  return bytesToHex(signer.publicKey.bytes)
}

/** Public keys of the ledger's committee, who are its validators. */
async function committee(): Promise<readonly string[]> {
  const members = asStruct(await ledger.invokeRead({ contract: nativeContracts.neoToken, method: 'getCommittee', args: [] }))
  return members.map(member => bytesToHex(asBytes(member)))
}

async function neoOf(account: Parameters<typeof gasTransfer>[0]): Promise<number> {
  const call = { contract: nativeContracts.neoToken, method: 'balanceOf', args: [{ type: 'Hash160', value: account }] } as const
  return asNumber(await ledger.invokeRead(call))
}

/** Makes blocks, each with a transaction, for so many elections. */
async function passEpochs(count: number): Promise<void> {
  const treasury = validatorsAccount(nodes.files)
  const start = await ledger.getBlockCount()
  while ((await ledger.getBlockCount()) < start + count * epoch) {
    const call = gasTransfer(treasury.scriptHash, treasury.scriptHash, 1n)
    const write = await ledger.submit([call], { account: treasury, idempotencyKey: `block ${await ledger.getBlockCount()}` })
    await write.inBlock()
  }
}
