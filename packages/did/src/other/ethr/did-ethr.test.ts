import { ethereumAddressOf, secp256k1KeyOf, secp256k1ToJwk } from '@hufu/keys'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { DidResolver } from '../did-resolver.ts'
import { didEthrDriver } from './did-ethr.ts'
import { addressWord, checksumAddress, eventTopic, functionSelector } from './ethereum-address.ts'
import type { EthrBlock, EthrLog, EthrRegistry } from './ethr-registry.ts'

const key = secp256k1KeyOf(new Uint8Array(32).fill(1))
const identity = `0x${bytesToHex(ethereumAddressOf(key))}`
const did = `did:ethr:0x7a69:${identity}`
const [owner, delegate] = [`0x${'22'.repeat(20)}`, `0x${'33'.repeat(20)}`]
const nobody = `0x${'00'.repeat(20)}`
const nowSeconds = 1_800_000_000

type Change =
  | { readonly owner: string }
  | { readonly type: string; readonly delegate: string; readonly until: number }
  | { readonly name: string; readonly value: Uint8Array; readonly until: number }

/** A chain whose registry holds changes by block number; `edit` makes it lie. */
function chainOf(changes: Readonly<Record<number, readonly Change[]>>, edit: Partial<EthrRegistry> = {}): EthrRegistry {
  const numbers = Object.keys(changes).map(Number)
  const block = (number: number): EthrBlock => ({ number, hash: `0x${'ab'.repeat(32)}`, timeMs: (nowSeconds - 100 + number) * 1000 })
  const attested = { kind: 'attested', k: 2, n: 3 } as const
  const owners = numbers.flatMap(number => changes[number]!.flatMap(change => ('owner' in change ? [change.owner] : [])))
  return {
    chainId: 31_337,
    head: async () => block(100),
    block: async number => block(number),
    call: async data => {
      expect(data.slice(10)).toBe(addressWord(identity))
      const last = owners.at(-1) ?? nobody
      const told = data.startsWith(`0x${functionSelector('changed(address)')}`)
        ? numberWord(numbers.at(-1) ?? 0)
        : addressWord(last === nobody ? identity : last)
      return { value: `0x${told}`, assurance: attested }
    },
    logs: async number => {
      const before = numbers.filter(each => each < number).at(-1) ?? 0
      const logs = (changes[number] ?? []).map((change, index) => logOf(change, index === 0 ? before : number))
      return { value: logs, assurance: attested }
    },
    ...edit,
  }
}

function logOf(change: Change, previous: number): EthrLog {
  const topics = (signature: string) => [eventTopic(signature), `0x${addressWord(identity)}`]
  if ('owner' in change)
    return { topics: topics('DIDOwnerChanged(address,address,uint256)'), data: `0x${addressWord(change.owner)}${numberWord(previous)}` }
  const name = (text: string) => bytesToHex(utf8ToBytes(text)).padEnd(64, '0')
  if ('delegate' in change) {
    const data = [name(change.type), addressWord(change.delegate), numberWord(change.until), numberWord(previous)]
    return { topics: topics('DIDDelegateChanged(address,bytes32,address,uint256,uint256)'), data: `0x${data.join('')}` }
  }
  const value = bytesToHex(change.value)
  const padded = value.padEnd(Math.ceil(value.length / 64) * 64, '0')
  const data = [name(change.name), numberWord(128), numberWord(change.until), numberWord(previous), numberWord(change.value.length), padded]
  return { topics: topics('DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)'), data: `0x${data.join('')}` }
}

function numberWord(number: number): string {
  return number.toString(16).padStart(64, '0')
}

const resolve = (registry: EthrRegistry, asked = did) =>
  new DidResolver({ drivers: [didEthrDriver({ mainnet: chainOf({}, { chainId: 1 }), anvil: registry })] }).resolve(asked)

test('an address of which the registry knows nothing signs for itself', async () => {
  const { document, metadata, assurance, source } = await resolve(chainOf({}))
  const id = `${did}#controller`
  expect(document).toEqual({
    id: did,
    verificationMethod: [
      {
        id,
        type: 'EcdsaSecp256k1RecoveryMethod2020',
        controller: did,
        blockchainAccountId: 'eip155:31337:0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1',
      },
    ],
    authentication: [id],
    assertionMethod: [id],
  })
  expect(metadata).toEqual({})
  expect([assurance, source]).toMatchObject([
    { kind: 'attested', k: 2, n: 3 },
    { driver: 'ethr/1', network: 'eip155:31337', blockHeight: 100 },
  ])
})

test('a public key signs itself, until the identity has another owner', async () => {
  const asked = `did:ethr:anvil:0x${bytesToHex(key.bytes)}`
  expect((await resolve(chainOf({}), asked)).document).toMatchObject({
    verificationMethod: [{ id: `${asked}#controller` }, { id: `${asked}#controllerKey`, publicKeyJwk: secp256k1ToJwk(key) }],
    assertionMethod: [`${asked}#controller`, `${asked}#controllerKey`],
  })
  const { document, metadata } = await resolve(chainOf({ 3: [{ owner }] }), asked)
  expect(document!.verificationMethod).toMatchObject([{ blockchainAccountId: `eip155:31337:${checksumAddress(owner)}` }])
  expect(metadata).toEqual({ updated: '2027-01-15T07:58:23Z', versionId: '3' })
})

test('names of chains lead to their registries, none to the main one', async () => {
  const bare = `did:ethr:${identity}`
  expect((await resolve(chainOf({}), bare)).source.network).toBe('eip155:1')
  expect((await resolve(chainOf({}), `did:ethr:anvil:${identity}`)).source.network).toBe('eip155:31337')
  for (const network of ['sepolia', '0x5', 'constructor'])
    await expect(resolve(chainOf({}), `did:ethr:${network}:${identity}`)).rejects.toMatchObject({ code: 'ERR_DID_FEATURE' })
})

test('delegates and attributes count until their last second, and are numbered for good', async () => {
  const until = nowSeconds + 1
  const ed25519 = hexToBytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  const registry = chainOf({
    2: [
      { type: 'veriKey', delegate, until },
      { type: 'sigAuth', delegate: owner, until: nowSeconds },
    ],
    5: [{ name: 'did/pub/Ed25519/sigAuth/hex', value: ed25519, until }],
    6: [
      { name: 'did/pub/X25519/enc', value: ed25519, until },
      { name: 'did/pub/Secp256k1/veriKey/hex', value: key.bytes, until },
      { name: 'did/pub/Rsa/veriKey/pem', value: key.bytes, until },
      { name: 'did/svc/Hub', value: utf8ToBytes('https://hub.example/'), until },
      { name: 'did/svc/Old', value: utf8ToBytes('https://old.example/'), until },
    ],
    7: [
      { name: 'did/svc/Old', value: utf8ToBytes('https://old.example/'), until: 0 },
      { name: 'did/pub/Secp256k1/veriKey/hex', value: key.bytes, until: 0 },
      { name: 'other', value: key.bytes, until },
    ],
  })
  const { document, metadata } = await resolve(registry)
  expect(document).toMatchObject({
    authentication: [`${did}#controller`, `${did}#delegate-3`],
    assertionMethod: [`${did}#controller`, `${did}#delegate-1`, `${did}#delegate-3`],
    keyAgreement: [`${did}#delegate-4`],
    service: [{ id: `${did}#service-1`, type: 'Hub', serviceEndpoint: 'https://hub.example/' }],
  })
  expect((document!.verificationMethod as readonly unknown[]).length).toBe(4)
  expect(metadata.versionId).toBe('7')
})

test('an identity that was given to nobody is deactivated for good', async () => {
  for (const registry of [chainOf({ 4: [{ owner: nobody }] }), chainOf({ 4: [{ owner: nobody }], 5: [{ owner }] })]) {
    const { document, metadata } = await resolve(registry)
    expect(document).toBeNull()
    expect(metadata).toMatchObject({ deactivated: true })
  }
})

test.each([
  `did:ethr:0x7a69:${identity.slice(0, -1)}`,
  `did:ethr:0x7a69:${identity}0`,
  'did:ethr:0x7a69',
  `did:ethr:0x7a69:1:${identity}`,
  `did:ethr:0X7A69:${identity}`,
  `did:ethr:0x7a69:0x05${'11'.repeat(32)}`,
])('%s is none', async asked => {
  await expect(resolve(chainOf({}), asked)).rejects.toMatchObject({ code: 'ERR_DID_SYNTAX' })
})

describe('nodes that lie are found out:', () => {
  const honest = chainOf({ 3: [{ owner }], 5: [{ type: 'veriKey', delegate, until: nowSeconds + 9 }] })
  const value = (text: string) => async () => ({ value: text, assurance: { kind: 'gatewaySigned' } as const })
  const logs = async (number: number, edit: (logs: readonly EthrLog[]) => readonly EthrLog[]) => {
    const { value: found, assurance } = await honest.logs(number, '')
    return { value: edit(found), assurance }
  }
  test.each<[string, Partial<EthrRegistry>]>([
    ['a change that is left out', { logs: number => logs(number, found => (number === 3 ? [] : found)) }],
    ['the newest one, too', { logs: number => logs(number, () => []) }],
    [
      'a change of another identity',
      { logs: number => logs(number, found => found.map(log => ({ ...log, topics: [log.topics[0]!, `0x${addressWord(delegate)}`] }))) },
    ],
    ['a change that goes round', { logs: async number => ({ ...(await honest.logs(number, '')), value: [logOf({ owner }, 5)] }) }],
    ['a second change in a block that names another', { logs: number => logs(number, found => [...found, logOf({ owner }, 1)]) }],
    [
      'changes in blocks to come',
      {
        call: async (data, at) =>
          data.includes(functionSelector('changed(address)')) ? value(`0x${numberWord(101)}`)() : honest.call(data, at),
      },
    ],
    [
      'an owner whom no change names',
      {
        call: async (data, at) =>
          data.includes(functionSelector('changed(address)')) ? honest.call(data, at) : value(`0x${addressWord(delegate)}`)(),
      },
    ],
    ['an answer too short', { call: value('0x') }],
    ['an address that is none', { call: value(`0x${'ff'.repeat(32)}`) }],
    ['data too short', { logs: number => logs(number, found => found.map(log => ({ ...log, data: log.data.slice(0, 66) }))) }],
    [
      'a value longer than its data',
      {
        logs: number =>
          logs(number, () => [
            {
              topics: [eventTopic('DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)'), `0x${addressWord(identity)}`],
              data: `0x${[0, 128, 9, 3, 4000].map(numberWord).join('')}`,
            },
          ]),
      },
    ],
  ])('%s', async (_, edit) => {
    await expect(resolve({ ...honest, ...edit })).rejects.toMatchObject({ code: 'ERR_DID_ANSWER' })
  })

  test('one node alone is one node’s word', async () => {
    const alone = {
      ...honest,
      logs: async (number: number, topic: string) => ({
        ...(await honest.logs(number, topic)),
        assurance: { kind: 'gatewaySigned' } as const,
      }),
    }
    expect((await resolve(alone)).assurance).toEqual({ kind: 'gatewaySigned' })
  })

  test('what goes on for more blocks than are read', async () => {
    const many = chainOf(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [index + 1, [{ type: 'x', delegate, until: 0 }]])))
    await expect(resolve({ ...many, head: async () => ({ ...(await honest.head()), number: 1000 }) })).rejects.toMatchObject({
      code: 'ERR_DID_ANSWER',
    })
  })
})

test('addresses are spelled with their checksum', () => {
  // Examples of EIP-55.
  for (const address of ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'])
    expect(checksumAddress(address.toLowerCase())).toBe(address)
})
