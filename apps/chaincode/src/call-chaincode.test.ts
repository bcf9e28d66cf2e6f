import { didOf } from '@hufu/did'
import { parseScriptHash } from '@hufu/ledger'
import { base64ToBytes, bytesToUtf8 } from '@hufu/primitives'
import { beforeEach, expect, test } from 'vitest'
import { callChaincode, refusalText } from './call-chaincode.ts'
import { FixtureChannel } from './chaincode-fixture.ts'
import { ChaincodeError } from './errors.ts'

let channel: FixtureChannel
beforeEach(() => {
  channel = new FixtureChannel()
})

const did = didOf('test', parseScriptHash('33'.repeat(20)))
const content = (status: string, changes: object = {}) => JSON.stringify({ did, status, recordHash: 'ab'.repeat(32), ...changes })

async function call(name: string, args: readonly string[], mspId = 'Hospital1MSP') {
  return JSON.parse(bytesToUtf8(await channel.call(state => callChaincode(state, name, args), { mspId })))
}

const refusedWith = (code: string) => expect.objectContaining({ code })

test('an entry of the registry has its history; the same content again makes no version', async () => {
  await call('registry.put', ['radiology', content('active')])
  await call('registry.put', ['radiology', content('active')])
  await call('registry.put', ['radiology', content('suspended')])
  expect(await call('registry.get', ['Hospital1MSP', 'radiology'])).toEqual({
    organization: 'Hospital1MSP',
    id: 'radiology',
    did,
    status: 'suspended',
    recordHash: 'ab'.repeat(32),
    version: 2,
  })
  const history = await call('registry.history', ['Hospital1MSP', 'radiology'])
  expect(history.map(({ entry }: { entry: { status: string } }) => entry.status)).toEqual(['active', 'suspended'])
  expect(channel.events.map(event => event.name)).toEqual(['registry.changed', 'registry.changed'])
})

test('an organisation writes entries of its own only', async () => {
  await call('registry.put', ['radiology', content('active')])
  await call('registry.put', ['radiology', content('suspended')], 'Hospital2MSP')
  expect(await call('registry.get', ['Hospital1MSP', 'radiology'])).toMatchObject({ status: 'active' })
  expect(await call('registry.get', ['Hospital2MSP', 'radiology'])).toMatchObject({ status: 'suspended' })
})

test('who has left does not come back under the same id', async () => {
  await call('registry.put', ['radiology', content('left')])
  await expect(call('registry.put', ['radiology', content('active')])).rejects.toThrow(refusedWith('ERR_CHAINCODE_FORBIDDEN'))
  await call('registry.put', ['radiology', content('left')])
})

test.each([
  ['a name', content('active', { name: 'Zhang San' })],
  ['a status that there is not', content('ill')],
  ['a hash cut short', content('active', { recordHash: 'ab' })],
  ['a DID of another method', content('active', { did: 'did:web:example.org' })],
  ['a member twice', `${content('active').slice(0, -1)},"status":"left"}`],
  ['no object', '[]'],
])('the registry refuses %s', async (_, text) => {
  await expect(call('registry.put', ['radiology', text])).rejects.toThrow(refusedWith('ERR_CHAINCODE_REQUEST'))
})

test.each(['', 'a/b', 'Radiology', 'a'.repeat(65)])('the registry refuses the id %j', async id => {
  await expect(call('registry.put', [id, content('active')])).rejects.toThrow(refusedWith('ERR_CHAINCODE_REQUEST'))
})

test('a call under a key takes effect once, and says the same again', async () => {
  const put = ['key-1', 'registry.put', 'radiology', content('active')]
  const first = await call('once', put)
  await call('registry.put', ['radiology', content('suspended')])
  const again = await call('once', put)
  expect(again).toEqual(first)
  expect(JSON.parse(bytesToUtf8(base64ToBytes(again.result)))).toMatchObject({ status: 'active', version: 1 })
  expect(await call('registry.get', ['Hospital1MSP', 'radiology'])).toMatchObject({ status: 'suspended', version: 2 })
  expect(await call('once.get', ['Hospital1MSP', 'key-1'])).toEqual(first)
})

test('a key is for one call, of one organisation', async () => {
  await call('once', ['key', 'registry.put', 'radiology', content('active')])
  await expect(call('once', ['key', 'registry.put', 'radiology', content('suspended')])).rejects.toThrow(
    refusedWith('ERR_CHAINCODE_IDEMPOTENCY'),
  )
  await expect(call('once', ['key', 'registry.put', 'laboratory', content('active')])).rejects.toThrow(
    refusedWith('ERR_CHAINCODE_IDEMPOTENCY'),
  )
  await call('once', ['key', 'registry.put', 'laboratory', content('active')], 'Hospital2MSP')
})

test('a call that is refused does not use up its key', async () => {
  await expect(call('once', ['key', 'registry.put', 'radiology', '{}'])).rejects.toThrow(refusedWith('ERR_CHAINCODE_REQUEST'))
  await call('once', ['key', 'registry.put', 'radiology', content('active')])
})

test.each([
  ['no such function', 'registry.delete', []],
  ['a name of every object', 'constructor', []],
  ['an argument missing', 'registry.get', ['Hospital1MSP']],
  ['an argument too many', 'ping', ['x']],
  ['a read under a key', 'once', ['key', 'ping']],
  ['a key in a key', 'once', ['key', 'once', 'key', 'ping']],
  ['a key with a space', 'once', ['a key', 'registry.put', 'radiology', content('active')]],
])('refuses %s', async (_, name, args) => {
  await expect(call(name, args)).rejects.toThrow(refusedWith('ERR_CHAINCODE_REQUEST'))
})

test('a peer is told the code; of a defect, nothing', () => {
  expect(refusalText(new ChaincodeError('ERR_CHAINCODE_ABSENT', 'there is none'))).toBe('ERR_CHAINCODE_ABSENT: there is none')
  expect(refusalText(new TypeError('secret'))).toBe('the chaincode failed')
})
