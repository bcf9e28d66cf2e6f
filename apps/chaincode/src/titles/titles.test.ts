import { base64ToBytes, bytesToBase64, bytesToUtf8 } from '@hufu/primitives'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeHeader, validatorSet } from '../../../../packages/ledger/test/synthetic-chain.ts'
import { callChaincode } from '../call-chaincode.ts'
import { FixtureChannel } from '../chaincode-fixture.ts'
import {
  ask,
  bundleOf,
  bureau,
  channelWithTitles,
  contentHash,
  contractId,
  type FixtureProof,
  type FixtureRecord,
  hospital,
  leftRecord,
  magic,
  neo,
  ours,
  own,
  rules,
  setRules,
  theirs,
  transferOf,
  validators,
} from './title-fixture.ts'

let channel: FixtureChannel
beforeEach(async () => {
  channel = await channelWithTitles()
})

const minute = 60_000
const call = (name: string, ...args: string[]) => ask(channel, 'Hospital1MSP', name, ...args)
const issue = (assetId = ours) => call('title.issue', assetId, hospital, contentHash)
const until = () => channel.nowMs + 10 * minute
const lock = (transferId: string, lockUntilMs = until(), toNetwork = neo) =>
  call('title.lock', ours, transferId, String(lockUntilMs), toNetwork, bureau)
const arrive = async (record: FixtureRecord = {}, proof: FixtureProof = {}) =>
  call('title.arrive', JSON.stringify(await bundleOf(leftRecord(record), proof)))

/** Shows that a call is refused with this code, and changed nothing. */
async function refused(code: string, work: () => Promise<unknown>): Promise<void> {
  const before = channel.contents
  await expect(work()).rejects.toThrow(expect.objectContaining({ code }))
  expect(channel.contents).toBe(before)
}

/** Shows that a call is answered, and changed nothing. */
async function unchanged(work: () => Promise<unknown>): Promise<unknown> {
  const before = channel.contents
  const answer = await work()
  expect(channel.contents).toBe(before)
  return answer
}

describe('issuing', () => {
  test('makes a title, once; followers are told', async () => {
    const title = { assetId: ours, holder: hospital, contentHash, status: 'held' }
    expect(await issue()).toEqual(title)
    expect(await call('title.get', ours)).toEqual(title)
    expect(await unchanged(issue)).toEqual(title)
    const told = channel.events.filter(({ name }) => name === 'title.changed')
    expect(told.map(({ payload }) => JSON.parse(bytesToUtf8(payload)))).toEqual([title])
    await refused('ERR_CHAINCODE_TITLE', () => call('title.issue', ours, hospital, 'c1'.repeat(32)))
  })

  test('is for the registrar who acts for the holder', async () => {
    await refused('ERR_CHAINCODE_FORBIDDEN', () => ask(channel, 'Hospital2MSP', 'title.issue', ours, hospital, contentHash))
    await refused('ERR_CHAINCODE_FORBIDDEN', () => ask(channel, 'StrangerMSP', 'title.issue', ours, hospital, contentHash))
    await refused('ERR_CHAINCODE_FORBIDDEN', () => call('title.issue', ours, bureau, contentHash))
    await refused('ERR_CHAINCODE_FORBIDDEN', () => ask(channel, 'constructor', 'title.issue', ours, hospital, contentHash))
  })

  test.each([
    ['an identifier of another network', ['neo3-77.licence', hospital, contentHash]],
    ['the label alone', ['fabric-0123456789abcdef.', hospital, contentHash]],
    ['a label that only begins so', ['fabric-0123456789abcdef0.licence', hospital, contentHash]],
    ['capitals', ['fabric-0123456789abcdef.Licence', hospital, contentHash]],
    ['a slash', ['fabric-0123456789abcdef./x', hospital, contentHash]],
    ['64 characters', [`fabric-0123456789abcdef.${'a'.repeat(40)}`, hospital, contentHash]],
    ['a holder without DID', [ours, 'Zhang San', contentHash]],
    ['a hash cut short', [ours, hospital, contentHash.slice(2)]],
  ])('refuses %s', async (_, args) => {
    await refused('ERR_CHAINCODE_REQUEST', () => call('title.issue', ...args))
  })

  test('a title that was never here is absent', async () => {
    await refused('ERR_CHAINCODE_ABSENT', () => call('title.get', ours))
    await refused('ERR_CHAINCODE_ABSENT', () => lock(transferOf(1)))
  })
})

describe('leaving', () => {
  beforeEach(async () => {
    await issue()
  })

  test('a title is locked, leaves, and is said to have left', async () => {
    const lockUntilMs = until()
    const promise = { transferId: transferOf(1), toNetwork: neo, toHolder: bureau, lockUntilMs }
    expect(await lock(transferOf(1))).toEqual({ assetId: ours, holder: hospital, contentHash, status: 'locked', ...promise })
    await refused('ERR_CHAINCODE_ABSENT', () => call('title.left', transferOf(1)))
    const message = { assetId: ours, contentHash, fromNetwork: own, toHolder: bureau, toNetwork: neo, transferId: transferOf(1) }
    expect(await call('title.leave', transferOf(1))).toEqual(message)
    const bytes = await channel.call(state => callChaincode(state, 'title.left', [transferOf(1)]))
    expect(bytesToUtf8(bytes)).toBe(
      `{"assetId":"${ours}","contentHash":"${contentHash}","fromNetwork":"${own}","toHolder":"${bureau}","toNetwork":"${neo}","transferId":"${transferOf(1)}"}`,
    )
    expect(await call('title.get', ours)).toMatchObject({ status: 'left', transferId: transferOf(1), toNetwork: neo })
  })

  test('each call again changes nothing, and says the same', async () => {
    const [lockUntilMs, transferId] = [until(), transferOf(1)]
    const locked = await lock(transferId, lockUntilMs)
    expect(await unchanged(() => lock(transferId, lockUntilMs))).toEqual(locked)
    const left = await call('title.leave', transferId)
    channel.nowMs = lockUntilMs + minute
    expect(await unchanged(() => call('title.leave', transferId))).toEqual(left)
  })

  test('a lock is for the registrar, a network that is on, and a time to come', async () => {
    const args = (time = until(), network: string = neo) => [ours, transferOf(1), String(time), network, bureau]
    await refused('ERR_CHAINCODE_FORBIDDEN', () => ask(channel, 'Hospital2MSP', 'title.lock', ...args()))
    await refused('ERR_CHAINCODE_FORBIDDEN', () => call('title.lock', ...args(until(), 'neo3:78')))
    await refused('ERR_CHAINCODE_FORBIDDEN', () => call('title.lock', ...args(until(), own)))
    await refused('ERR_CHAINCODE_REQUEST', () => call('title.lock', ...args(until(), 'nowhere')))
    await refused('ERR_CHAINCODE_TITLE', () => call('title.lock', ...args(channel.nowMs)))
    await refused('ERR_CHAINCODE_REQUEST', () => call('title.lock', ...args(channel.nowMs + 30 * 24 * 60 * minute + 1)))
    await setRules(channel, { networks: { [neo]: { contractId, isOn: false } } })
    await refused('ERR_CHAINCODE_FORBIDDEN', () => call('title.lock', ...args()))
    await setRules(channel)
    await call('title.lock', ...args(channel.nowMs + 1))
  })

  test.each([
    ['a time in words', [ours, transferOf(1), 'tomorrow', neo, bureau]],
    ['a time with a sign', [ours, transferOf(1), '+1767225700000', neo, bureau]],
    ['a time past all numbers', [ours, transferOf(1), '9007199254740993', neo, bureau]],
    ['a transfer in capitals', [ours, 'A'.repeat(64), '1767225700000', neo, bureau]],
    ['a transfer cut short', [ours, transferOf(1).slice(1), '1767225700000', neo, bureau]],
    ['a holder without DID', [ours, transferOf(1), '1767225700000', neo, 'somebody']],
  ])('a lock refuses %s', async (_, args) => {
    await refused('ERR_CHAINCODE_REQUEST', () => call('title.lock', ...args))
  })

  test('a transfer has one lock, ever, and a title one transfer at a time', async () => {
    const lockUntilMs = until()
    await lock(transferOf(1), lockUntilMs)
    await refused('ERR_CHAINCODE_TITLE', () => lock(transferOf(2)))
    await refused('ERR_CHAINCODE_TITLE', () => lock(transferOf(1), lockUntilMs + 1))
    await refused('ERR_CHAINCODE_TITLE', () => call('title.lock', ours, transferOf(1), String(lockUntilMs), neo, hospital))
    channel.nowMs = lockUntilMs
    await call('title.unlock', transferOf(1))
    await refused('ERR_CHAINCODE_TITLE', () => lock(transferOf(1)))
    await lock(transferOf(2))
    await refused('ERR_CHAINCODE_TITLE', () => call('title.leave', transferOf(1)))
    expect(await call('title.unlock', transferOf(1))).toMatchObject({ status: 'locked', transferId: transferOf(2) })
    await call('title.leave', transferOf(2))
  })

  test('until the time it may leave, and after it only be unlocked', async () => {
    const lockUntilMs = until()
    await lock(transferOf(1), lockUntilMs)
    channel.nowMs = lockUntilMs - 1
    await refused('ERR_CHAINCODE_TITLE', () => call('title.unlock', transferOf(1)))
    channel.nowMs = lockUntilMs
    await refused('ERR_CHAINCODE_TITLE', () => call('title.leave', transferOf(1)))
    expect(await call('title.unlock', transferOf(1))).toEqual({ assetId: ours, holder: hospital, contentHash, status: 'held' })
    await unchanged(() => call('title.unlock', transferOf(1)))
    await refused('ERR_CHAINCODE_ABSENT', () => call('title.left', transferOf(1)))
  })

  test('what has left is not unlocked, not issued again, and not locked', async () => {
    const lockUntilMs = until()
    await lock(transferOf(1), lockUntilMs)
    channel.nowMs = lockUntilMs - 1
    await ask(channel, 'Hospital2MSP', 'title.leave', transferOf(1))
    channel.nowMs = lockUntilMs + minute
    await refused('ERR_CHAINCODE_TITLE', () => call('title.unlock', transferOf(1)))
    await refused('ERR_CHAINCODE_TITLE', issue)
    await refused('ERR_CHAINCODE_TITLE', () => lock(transferOf(2)))
  })

  test('to a network that was switched off meanwhile nothing leaves; the title is unlocked in time', async () => {
    const lockUntilMs = until()
    await lock(transferOf(1), lockUntilMs)
    await setRules(channel, { networks: { [neo]: { contractId, isOn: false } } })
    await refused('ERR_CHAINCODE_FORBIDDEN', () => call('title.leave', transferOf(1)))
    channel.nowMs = lockUntilMs
    expect(await call('title.unlock', transferOf(1))).toMatchObject({ status: 'held' })
  })

  test('a transfer that there is not is absent', async () => {
    for (const name of ['title.leave', 'title.unlock', 'title.left']) await refused('ERR_CHAINCODE_ABSENT', () => call(name, transferOf(9)))
  })

  test('an answer that it has left comes of a read alone', async () => {
    await refused('ERR_CHAINCODE_REQUEST', () => call('once', 'key', 'title.left', transferOf(1)))
  })
})

describe('arriving', () => {
  test('a title that left for here is here, with its proof, once', async () => {
    const arrival = await ask(
      channel,
      'StrangerMSP',
      'title.arrive',
      JSON.stringify(await bundleOf(leftRecord(), { transferId: transferOf(1) })),
    )
    expect(arrival).toMatchObject({ transferId: transferOf(1), assetId: theirs, contentHash, fromNetwork: neo, toHolder: hospital })
    expect(await call('title.get', theirs)).toEqual({ assetId: theirs, holder: hospital, contentHash, status: 'held' })
    expect(await call('title.arrived', neo, transferOf(1))).toEqual(arrival)
    expect(await unchanged(() => arrive())).toEqual(arrival)
    expect(await unchanged(() => arrive({}, { blockIndex: 8 }))).toEqual(arrival)
  })

  test('once it has gone on, its old proof brings nothing back', async () => {
    await arrive()
    await call('title.lock', theirs, transferOf(2), String(until()), neo, bureau)
    await call('title.leave', transferOf(2))
    await unchanged(() => arrive({}, { blockIndex: 9 }))
    expect(await call('title.get', theirs)).toMatchObject({ status: 'left', transferId: transferOf(2) })
  })

  test('it comes back by another transfer, as it left', async () => {
    await issue()
    await lock(transferOf(1))
    await call('title.leave', transferOf(1))
    await refused('ERR_CHAINCODE_TITLE', () => arrive({ assetId: ours, contentHash: 'c1'.repeat(32) }, { transferId: transferOf(5) }))
    await arrive({ assetId: ours, toHolder: hospital }, { transferId: transferOf(5) })
    expect(await call('title.get', ours)).toEqual({ assetId: ours, holder: hospital, contentHash, status: 'held' })
  })

  test('no other network makes titles of ours, or a second of one that is here', async () => {
    await refused('ERR_CHAINCODE_TITLE', () => arrive({ assetId: ours }))
    await issue()
    await refused('ERR_CHAINCODE_TITLE', () => arrive({ assetId: ours }))
    await lock(transferOf(3))
    await refused('ERR_CHAINCODE_TITLE', () => arrive({ assetId: ours }))
    await arrive()
    await refused('ERR_CHAINCODE_TITLE', () => arrive({}, { transferId: transferOf(2) }))
  })

  test('what is held for others here does not hinder it', async () => {
    await arrive({ toHolder: bureau })
    await refused('ERR_CHAINCODE_FORBIDDEN', () => call('title.lock', theirs, transferOf(2), String(until()), neo, bureau))
    await setRules(channel, { registrars: { Hospital1MSP: [hospital, bureau] } })
    await call('title.lock', theirs, transferOf(2), String(until()), neo, bureau)
  })

  test('refuses a title that goes elsewhere, and a network that is not on', async () => {
    await refused('ERR_CHAINCODE_PROOF', () => arrive({ toNetwork: 'fabric:hospitals@0123456789abcdee' }))
    await refused('ERR_CHAINCODE_PROOF', () => arrive({ toNetwork: neo }))
    await setRules(channel, { networks: { [neo]: { contractId, isOn: false } } })
    await refused('ERR_CHAINCODE_FORBIDDEN', () => arrive())
    await setRules(channel)
    await arrive()
  })

  test('refuses another entry, contract and network', async () => {
    const key = base64ToBytes((await bundleOf(leftRecord())).key)
    await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { contractId: contractId + 1 }))
    await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { contractId: 7 }))
    for (const prefix of [0x01, 0x03])
      await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { key: Uint8Array.of(prefix, ...key.slice(1)) }))
    await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { key: key.slice(0, 32) }))
    await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { signedFor: magic + 1 }))
    await refused('ERR_CHAINCODE_PROOF', async () => call('title.arrive', JSON.stringify(await bundleOf(Uint8Array.of(0x41, 0)))))
    const bundle = await bundleOf(leftRecord())
    const altered = (changes: object) => () => call('title.arrive', JSON.stringify({ ...bundle, ...changes }))
    await refused('ERR_CHAINCODE_NETWORK', altered({ magic: magic + 1 }))
    await refused('ERR_CHAINCODE_REQUEST', altered({ version: 2 }))
    await refused('ERR_CHAINCODE_REQUEST', altered({ more: 1 }))
    await refused('ERR_CHAINCODE_PROOF', altered({ key: (await bundleOf(leftRecord(), { transferId: transferOf(2) })).key }))
    await refused('ERR_CHAINCODE_PROOF', altered({ proof: (await bundleOf(leftRecord({ toHolder: bureau }))).proof }))
  })

  test('refuses what too few or other validators signed', async () => {
    await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { signatures: 2 }))
    const others = await validatorSet('others', 4)
    await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { signedBy: others }))
  })

  test('refuses what former validators sign, once others follow them, and takes theirs', async () => {
    const next = await validatorSet('second', 4)
    const named = await makeHeader({ magic, blockIndex: 4, signedBy: validators, next, stateRoot: '00'.repeat(32) })
    const old = await bundleOf(leftRecord(), { blockIndex: 4 })
    await call('neo.headers', String(magic), JSON.stringify([bytesToBase64(named.bytes)]))
    await refused('ERR_CHAINCODE_PROOF', () => arrive({}, { blockIndex: 5 }))
    await refused('ERR_CHAINCODE_ROLLBACK', () => call('title.arrive', JSON.stringify(old)))
    await arrive({}, { blockIndex: 5, signedBy: next })
  })

  test('refuses bits flipped anywhere in header and proof', async () => {
    const bundle = await bundleOf(leftRecord())
    const parts = { headers: base64ToBytes(bundle.headers[0]!), proof: base64ToBytes(bundle.proof) }
    for (const name of ['headers', 'proof'] as const)
      for (let at = 0; at < parts[name].length; at += 5) {
        const altered = parts[name].slice()
        altered[at]! ^= 1 << (at % 8)
        const text = name === 'headers' ? [bytesToBase64(altered)] : bytesToBase64(altered)
        await expect(call('title.arrive', JSON.stringify({ ...bundle, [name]: text })), `byte ${at} of ${name}`).rejects.toThrow(
          expect.objectContaining({ code: 'ERR_CHAINCODE_PROOF' }),
        )
      }
    await refused('ERR_CHAINCODE_ABSENT', () => call('title.arrived', neo, transferOf(1)))
  })

  test('the same transfer of another network is another transfer', async () => {
    await arrive()
    await refused('ERR_CHAINCODE_ABSENT', () => call('title.arrived', 'neo3:78', transferOf(1)))
    await refused('ERR_CHAINCODE_REQUEST', () => call('title.arrived', 'neo3:77/x', transferOf(1)))
  })
})

describe('rules', () => {
  test('are set by an administrator and read by anyone', async () => {
    await expect(call('title.rules', JSON.stringify(rules))).rejects.toThrow(expect.objectContaining({ code: 'ERR_CHAINCODE_FORBIDDEN' }))
    expect(await call('title.rules.get')).toEqual(rules)
  })

  test.each<[string, object]>([
    ['another name of the channel', { network: 'fabric:hospitals@0123456789abcdee' }],
    ['another contract of a network', { networks: { [neo]: { contractId: contractId + 1, isOn: true } } }],
    ['a network less', { networks: {} }],
  ])('do not change %s', async (_, changes) => {
    await refused('ERR_CHAINCODE_FORBIDDEN', () => setRules(channel, changes))
  })

  test.each<[string, object]>([
    ['a name that is none', { network: 'hospitals' }],
    ['the name of another channel', { network: 'fabric:others@0123456789abcdef' }],
    ['a channel that only begins so', { network: 'fabric:hospitals2@0123456789abcdef' }],
    ['a registrar without list', { registrars: { Hospital1MSP: hospital } }],
    ['a holder without DID', { registrars: { Hospital1MSP: ['somebody'] } }],
    ['an organisation with a slash', { registrars: { 'a/b': [hospital] } }],
    ['networks in a list', { networks: [] }],
    ['a network that is no Neo', { networks: { ...rules.networks, 'eip155:1': { contractId, isOn: true } } }],
    ['a contract of Neo itself', { networks: { ...rules.networks, 'neo3:78': { contractId: -5, isOn: true } } }],
    ['a switch in words', { networks: { [neo]: { contractId, isOn: 'yes' } } }],
    ['a member more', { networks: { [neo]: { contractId, isOn: true, more: 1 } } }],
    ['a rule more', { more: 1 }],
  ])('refuse %s', async (_, changes) => {
    await refused('ERR_CHAINCODE_REQUEST', () => setRules(channel, changes))
  })

  test('without them there are no titles', async () => {
    channel = new FixtureChannel()
    await refused('ERR_CHAINCODE_ABSENT', issue)
    await refused('ERR_CHAINCODE_ABSENT', () => call('title.rules.get'))
  })
})
