import { base64ToBytes, bytesToBase64, bytesToUtf8 } from '@hufu/primitives'
import { beforeEach, describe, expect, test } from 'vitest'
import { contract, key, makeHeader, makeState, SyntheticChain, validatorSet } from '../../../../packages/ledger/test/synthetic-chain.ts'
import { callChaincode } from '../call-chaincode.ts'
import { FixtureChannel } from '../chaincode-fixture.ts'

const magic = 77
const first = await validatorSet('first', 7)
const second = await validatorSet('second', 4)
// Blocks 1 to 4 are signed by the first seven, those from 5 on by four others.
const chain = await SyntheticChain.make(magic, [first, first, first, first, first, second, second, second, second])
const hash = '22'.repeat(20)
const pin = JSON.stringify({
  name: 'test',
  magic,
  blockIndex: 0,
  nextConsensus: first.scriptHash,
  contracts: { identifiers: contract, trust: { hash, id: 8 }, status: { hash, id: 9 } },
})

let channel: FixtureChannel

beforeEach(async () => {
  channel = new FixtureChannel()
  await channel.call(state => callChaincode(state, 'neo.pin', [pin]), { isAdmin: true })
})

async function call(name: string, ...args: string[]) {
  return JSON.parse(bytesToUtf8(await channel.call(state => callChaincode(state, name, args))))
}

/** Shows that a call is refused with this code, and changed nothing. */
async function refused(code: string, name: string, ...args: string[]): Promise<void> {
  const before = channel.contents
  await expect(call(name, ...args)).rejects.toThrow(expect.objectContaining({ code }))
  expect(channel.contents).toBe(before)
}

/** What `LightClient.proofBundle` gives for the state after a block. */
function bundleOf(blockIndex: number, changes: object = {}) {
  const line = [4, blockIndex + 1].filter(index => index <= blockIndex + 1)
  return {
    version: 1,
    magic,
    contractId: contract.id,
    key: bytesToBase64(key),
    headers: [...new Set(line)].map(index => bytesToBase64(chain.headers[index]!.bytes)),
    proof: bytesToBase64(makeState(`block ${blockIndex}`).proof),
    ...changes,
  }
}

const anchor = (blockIndex: number, changes: object = {}) => call('neo.anchor', JSON.stringify(bundleOf(blockIndex, changes)))
const refusedAnchor = (code: string, blockIndex: number, changes: object = {}) =>
  refused(code, 'neo.anchor', JSON.stringify(bundleOf(blockIndex, changes)))
const entry = async () => call('neo.entry', String(magic), 'identifiers', bytesToBase64(key))
const headersOf = (...indexes: number[]) => JSON.stringify(indexes.map(index => bytesToBase64(chain.headers[index]!.bytes)))
const text = (base64: string) => bytesToUtf8(base64ToBytes(base64))

describe('anchoring', () => {
  test('keeps an entry with its proof and tells of it', async () => {
    expect(await anchor(1)).toMatchObject({ magic, contract: 'identifiers', blockIndex: 1, headerHash: chain.headers[2]!.hash })
    expect(text((await entry()).value)).toBe('block 1')
    expect(channel.events.map(event => event.name)).toEqual(['neo.anchored'])
  })

  test('an entry that was never anchored is absent', async () => {
    await refused('ERR_CHAINCODE_ABSENT', 'neo.entry', String(magic), 'identifiers', bytesToBase64(key))
  })

  test('the same proof again changes nothing and tells of nothing', async () => {
    const once = await anchor(1)
    const before = channel.contents
    expect(await anchor(1)).toEqual(once)
    expect(channel.contents).toBe(before)
    expect(channel.events).toHaveLength(1)
  })

  test('goes forward and never back', async () => {
    await anchor(1)
    await anchor(2)
    await refusedAnchor('ERR_CHAINCODE_ROLLBACK', 1)
    expect(text((await entry()).value)).toBe('block 2')
  })

  test('refuses each bit of the header and of the proof flipped', async () => {
    const header = chain.headers[2]!.bytes
    for (let at = 0; at < header.length; at += 3) {
      const altered = header.slice()
      altered[at]! ^= 1 << (at % 8)
      await expect(anchor(1, { headers: [bytesToBase64(altered)] }), `byte ${at} of the header`).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_CHAINCODE_PROOF' }),
      )
    }
    const { proof } = makeState('block 1')
    for (let at = 0; at < proof.length; at++) {
      const altered = proof.slice()
      altered[at]! ^= 1 << (at % 8)
      await expect(anchor(1, { proof: bytesToBase64(altered) }), `byte ${at} of the proof`).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_CHAINCODE_PROOF' }),
      )
    }
    await refused('ERR_CHAINCODE_ABSENT', 'neo.entry', String(magic), 'identifiers', bytesToBase64(key))
  })

  test('refuses another key, contract, height, network and version', async () => {
    await refusedAnchor('ERR_CHAINCODE_PROOF', 1, { key: bytesToBase64(Uint8Array.of(1, 2, 4)) })
    await refusedAnchor('ERR_CHAINCODE_PROOF', 1, { contractId: 8 })
    await refusedAnchor('ERR_CHAINCODE_PROOF', 1, { contractId: 10 })
    await refusedAnchor('ERR_CHAINCODE_PROOF', 1, { proof: bytesToBase64(makeState('block 2').proof) })
    await refusedAnchor('ERR_CHAINCODE_NETWORK', 1, { magic: magic + 1 })
    await refusedAnchor('ERR_CHAINCODE_REQUEST', 1, { version: 2 })
    await refusedAnchor('ERR_CHAINCODE_REQUEST', 1, { more: 1 })
    await refusedAnchor('ERR_CHAINCODE_REQUEST', 1, { headers: [] })
  })

  test('refuses what validators of the same keys signed for another network', async () => {
    const other = await SyntheticChain.make(magic + 1, [first, first, first, first])
    await refusedAnchor('ERR_CHAINCODE_PROOF', 1, { headers: [bytesToBase64(other.headers[2]!.bytes)] })
  })

  test('refuses one signature fewer than a quorum', async () => {
    const few = await makeHeader({
      magic,
      blockIndex: 2,
      signedBy: first,
      next: first,
      stateRoot: makeState('block 1').root,
      signatures: 4,
    })
    await refusedAnchor('ERR_CHAINCODE_PROOF', 1, { headers: [bytesToBase64(few.bytes)] })
  })

  test('tells a fork: another state of the same block, signed by a quorum', async () => {
    await anchor(1)
    const forked = await makeHeader({ magic, blockIndex: 2, signedBy: first, next: first, stateRoot: makeState('forged').root })
    await refusedAnchor('ERR_CHAINCODE_FORK', 1, {
      headers: [bytesToBase64(forked.bytes)],
      proof: bytesToBase64(makeState('forged').proof),
    })
  })
})

describe('a change of validators', () => {
  test('is followed when an entry behind it is shown with the header that names the new ones', async () => {
    await anchor(6)
    expect((await call('neo.network', String(magic))).validators).toEqual({ blockIndex: 4, nextConsensus: second.scriptHash })
  })

  test('is not believed without the header that names them', async () => {
    await refusedAnchor('ERR_CHAINCODE_PROOF', 6, { headers: [bytesToBase64(chain.headers[7]!.bytes)] })
  })

  test('ends what the former validators sign', async () => {
    await call('neo.headers', String(magic), headersOf(4))
    const late = await makeHeader({ magic, blockIndex: 7, signedBy: first, next: first, stateRoot: makeState('block 6').root })
    await refusedAnchor('ERR_CHAINCODE_PROOF', 6, { headers: [bytesToBase64(late.bytes)] })
    await refused('ERR_CHAINCODE_PROOF', 'neo.headers', String(magic), JSON.stringify([bytesToBase64(late.bytes)]))
    await anchor(6)
  })

  test('makes what was proven before it too old', async () => {
    await call('neo.headers', String(magic), headersOf(4))
    await refusedAnchor('ERR_CHAINCODE_ROLLBACK', 1)
  })
})

describe('headers', () => {
  test('are followed forward; the newest is remembered', async () => {
    await call('neo.headers', String(magic), headersOf(2, 4, 6))
    expect(await call('neo.network', String(magic))).toMatchObject({
      validators: { blockIndex: 4, nextConsensus: second.scriptHash },
      newest: { blockIndex: 6, hash: chain.headers[6]!.hash },
    })
    const before = channel.contents
    await call('neo.headers', String(magic), headersOf(6))
    expect(channel.contents).toBe(before)
  })

  test('are refused backward, out of order, and without the one that names the signers', async () => {
    await refused('ERR_CHAINCODE_PROOF', 'neo.headers', String(magic), headersOf(5))
    await refused('ERR_CHAINCODE_PROOF', 'neo.headers', String(magic), headersOf(3, 2))
    await call('neo.headers', String(magic), headersOf(3))
    await refused('ERR_CHAINCODE_ROLLBACK', 'neo.headers', String(magic), headersOf(2))
  })

  test('two of one number are a fork', async () => {
    await call('neo.headers', String(magic), headersOf(3))
    const forked = await makeHeader({ magic, blockIndex: 3, signedBy: first, next: first, stateRoot: makeState('forged').root })
    await refused('ERR_CHAINCODE_FORK', 'neo.headers', String(magic), JSON.stringify([bytesToBase64(forked.bytes)]))
  })
})

describe('pinning', () => {
  const pinBy = (isAdmin: boolean, json: object) =>
    channel.call(state => callChaincode(state, 'neo.pin', [JSON.stringify({ ...JSON.parse(pin), ...json })]), { isAdmin })

  test('is for administrators, once for each network', async () => {
    await expect(pinBy(false, { magic: 78 })).rejects.toThrow(expect.objectContaining({ code: 'ERR_CHAINCODE_FORBIDDEN' }))
    await expect(pinBy(true, { nextConsensus: second.scriptHash })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_CHAINCODE_FORBIDDEN' }),
    )
    await pinBy(true, { magic: 78 })
  })

  test.each([
    ['another member', { more: true }],
    ['no magic', { magic: -1 }],
    ['a name that is no label', { name: 'Not A Label' }],
    ['validators that are no hash', { nextConsensus: 'xyz' }],
    ['a contract missing', { contracts: { identifiers: contract, trust: contract } }],
    ['a contract without number', { contracts: { identifiers: contract, trust: contract, status: { hash } } }],
  ])('refuses %s', async (_, json) => {
    await expect(pinBy(true, { magic: 79, ...json })).rejects.toThrow(expect.objectContaining({ code: 'ERR_CHAINCODE_REQUEST' }))
  })
})
