import { council as councilOf } from '@hufu/bindings'
import type { Signer } from '@hufu/keys'
import {
  asInteger,
  asNumber,
  type ContractCall,
  nativeContracts,
  readTransaction,
  singleAccount,
  transactionMessage,
  type Write,
} from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCollection, readCollection, readCollections, readCommittee, sendCollection, signCollection } from './collect-signatures.ts'
import { describeTransaction } from './describe-payload.ts'
import { nativeCalls } from './native-calls.ts'
import { submitCouncilCall } from './submit-council-call.ts'

// Four validators: three of them sign for the committee.
const network = await startTestNetwork({ validators: 4 })
const { committee, descriptor, ledger: client } = network
const ledger = { client, network: descriptor }
const elsewhere = { client: network.client(), network: descriptor }
const sponsor = committee
const contract = councilOf(descriptor.contracts.council.hash)
const members = committee.signers as [Signer, Signer, Signer, Signer]
const validBlocks = 1_000
let stranger: Signer

beforeAll(async () => {
  stranger = await fixedSigner('collect: stranger')
})

afterAll(() => network.stop())

async function inBlock(write: Promise<Write>) {
  return (await write).inBlock()
}

async function opened(...calls: readonly ContractCall[]) {
  const outcome = await inBlock(openCollection(ledger, { signer: members[0], sponsor, calls, validBlocks }))
  return readCollection(ledger, asNumber(outcome.results[0]))
}

type Opened = Awaited<ReturnType<typeof opened>>

async function signed({ collection: { id }, transaction }: Opened, ...by: readonly Signer[]): Promise<void> {
  for (const signer of by) await inBlock(signCollection(ledger, { signer, sponsor, id, transaction }))
}

async function feePerByte(): Promise<bigint> {
  return asInteger(await client.invokeRead({ contract: nativeContracts.policy, method: 'getFeePerByte', args: [] }))
}

function refused(code: string) {
  return expect.objectContaining({ code })
}

test("the committee's signatures are gathered on the ledger, by nobody's file, and anybody sends what they signed", async () => {
  const account = await readCommittee(client)
  expect([account.scriptHash, account.threshold]).toEqual([committee.scriptHash, 3])
  const before = await feePerByte()
  const of = await opened(nativeCalls.setFeePerByte(before - 1n))
  const { id } = of.collection
  const told = describeTransaction(of.transaction, { network: descriptor })
  expect(told.calls).toEqual([{ known: true, texts: expect.objectContaining({ en: expect.stringContaining(`to ${before - 1n}`) }) }])
  expect(told.signers).toHaveLength(1)
  expect(readTransaction(of.transaction).signers).toEqual([{ account: committee.scriptHash, scope: 'CalledByEntry', allowedContracts: [] }])

  await signed(of, members[3], members[1])
  await expect(sendCollection(ledger, id)).rejects.toThrow(refused('ERR_COUNCIL_SIGNATURES'))
  await expect(signCollection(elsewhere, { signer: members[1], sponsor, id, transaction: of.transaction })).rejects.toThrow(
    refused('ERR_COUNCIL_SIGNED'),
  )
  await expect(signCollection(ledger, { signer: stranger, sponsor, id, transaction: of.transaction })).rejects.toThrow(
    refused('ERR_COUNCIL_MEMBER'),
  )
  // Another transaction than the member has seen: by one bit.
  const bent = of.transaction.with(4, of.transaction[4]! ^ 1)
  await expect(signCollection(ledger, { signer: members[0], sponsor, id, transaction: bent })).rejects.toThrow(
    refused('ERR_COUNCIL_PAYLOAD_CHANGED'),
  )
  // Signatures that are not the member's of this transaction on this network: the contract refuses each.
  const message = transactionMessage(of.transaction, descriptor.magic)
  const own = await members[0].sign(message)
  for (const signature of [
    await members[2].sign(message),
    await members[0].sign(transactionMessage(of.transaction, descriptor.magic + 1)),
    await members[0].sign(transactionMessage(bent, descriptor.magic)),
    own.with(63, own[63]! ^ 1),
  ]) {
    const call = contract.addSignature({ id: BigInt(id), member: members[0].publicKey.bytes, signature })
    await expect(submitCouncilCall(ledger, call, { account: committee }, [bytesToHex(signature)])).rejects.toThrow(
      refused('ERR_COUNCIL_SIGNATURE'),
    )
  }
  expect(await feePerByte()).toBe(before)

  await signed(of, members[0])
  // A good signature may come by anybody's hand, but not twice.
  const again = contract.addSignature({ id: BigInt(id), member: members[0].publicKey.bytes, signature: own })
  await expect(submitCouncilCall(ledger, again, { account: committee }, ['again'])).rejects.toThrow(refused('ERR_COUNCIL_SIGNED'))
  const { transactionHash } = await inBlock(sendCollection(ledger, id))
  expect(await feePerByte()).toBe(before - 1n)
  expect((await inBlock(sendCollection(ledger, id))).transactionHash).toBe(transactionHash)
  expect((await readCollections(ledger)).map(collection => [collection.id, collection.signatures.map(({ member }) => member)])).toEqual([
    [id, [members[3], members[1], members[0]].map(({ publicKey }) => bytesToHex(publicKey.bytes))],
  ])
})

test('nobody but a member opens one, and nothing is opened that the ledger would refuse', async () => {
  const calls = [nativeCalls.setStoragePrice(1_000n)]
  await expect(openCollection(ledger, { signer: stranger, sponsor, calls, validBlocks })).rejects.toThrow(refused('ERR_COUNCIL_MEMBER'))
  const call = contract.openCollection({ member: members[0].publicKey.bytes, transaction: Uint8Array.of(1) })
  await expect(submitCouncilCall(ledger, call, { account: singleAccount(stranger), sponsor }, ['other'])).rejects.toThrow(
    refused('ERR_COUNCIL_NOT_AUTHORIZED'),
  )
  await expect(
    openCollection(ledger, { signer: members[0], sponsor, calls: [nativeCalls.setStoragePrice(0n)], validBlocks }),
  ).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT' })
  await expect(readCollection(ledger, 99)).rejects.toThrow(refused('ERR_COUNCIL_COLLECTION'))
})

test("what is no transaction of the committee's calls alone is not signed, whoever opened it", async () => {
  const theirs = await client.prepare([nativeCalls.setStoragePrice(1_000n)].map(harmless), {
    account: singleAccount(stranger),
    validBlocks,
  })
  // Global scope instead of CalledByEntry.
  const own = await client.prepare([harmless()], { account: committee, validBlocks })
  const scopeAt = 25 + 1 + 20
  expect(own[scopeAt]).toBe(0x01)
  for (const [transaction, code] of [
    [theirs, 'ERR_COUNCIL_MEMBER'],
    [own.with(scopeAt, 0x80), 'ERR_LEDGER_TRANSACTION'],
    [Uint8Array.of(1, 2, 3), 'ERR_LEDGER_TRANSACTION'],
  ] as const) {
    const call = contract.openCollection({ member: members[0].publicKey.bytes, transaction })
    const write = submitCouncilCall(ledger, call, { account: singleAccount(members[0]), sponsor }, [bytesToHex(transaction)])
    const id = asNumber((await inBlock(write)).results[0])
    await expect(signCollection(ledger, { signer: members[1], sponsor, id, transaction })).rejects.toThrow(refused(code))
    await expect(sendCollection(ledger, id)).rejects.toThrow(refused(code))
  }
})

function harmless(): ContractCall {
  return { contract: nativeContracts.policy, method: 'getFeePerByte', args: [] }
}

test('a fee that is fixed is never fixed over: it is freed first, in the same transaction', async () => {
  const priced = { contract: descriptor.contracts.identifiers.hash, method: 'register', argumentCount: 4 }
  const fix = nativeCalls.setWhitelistFee(priced, 1_000_000n)
  const { setWhitelistFee, removeWhitelistFee } = nativeCalls
  const open = (...calls: readonly ContractCall[]) => openCollection(ledger, { signer: members[0], sponsor, calls, validBlocks })
  await expect(open(fix, setWhitelistFee(priced, 2n))).rejects.toThrow(refused('ERR_COUNCIL_WHITELIST'))
  const [of, late] = [await opened(fix), await opened(setWhitelistFee(priced, 5n))]
  await signed(of, members[0], members[1], members[2])
  await signed(late, members[0], members[1])
  await inBlock(sendCollection(ledger, of.collection.id))

  // What was opened before is neither signed any more, nor sent.
  await expect(signed(late, members[2])).rejects.toThrow(refused('ERR_COUNCIL_WHITELIST'))
  const message = transactionMessage(late.transaction, descriptor.magic)
  const signature = await members[2].sign(message)
  const call = contract.addSignature({ id: BigInt(late.collection.id), member: members[2].publicKey.bytes, signature })
  await inBlock(submitCouncilCall(ledger, call, { account: committee }, ['late']))
  await expect(sendCollection(ledger, late.collection.id)).rejects.toThrow(refused('ERR_COUNCIL_WHITELIST'))

  await expect(open(setWhitelistFee(priced, 2n))).rejects.toThrow(refused('ERR_COUNCIL_WHITELIST'))
  await expect(open(setWhitelistFee(priced, 2n), removeWhitelistFee(priced))).rejects.toThrow(refused('ERR_COUNCIL_WHITELIST'))
  const anew = await opened(removeWhitelistFee(priced), setWhitelistFee(priced, 3n))
  await signed(anew, members[0], members[1], members[2])
  const { notifications } = await inBlock(sendCollection(ledger, anew.collection.id))
  expect(notifications.filter(({ name }) => name === 'WhitelistFeeChanged')).toHaveLength(2)
})
