import { secp256k1KeyOf, secp256k1ToJwk } from '@hufu/keys'
import { BsnDidServiceStandIn } from '@hufu/testkit'
import { describe, expect, test } from 'vitest'
import vectors from '../../../../primitives/vectors/fastjson/fastjson-1.2.83.json' with { type: 'json' }
import { DidResolver } from '../did-resolver.ts'
import { findOtherKey } from '../find-other-key.ts'
import { BsnDidService } from './bsn-did-service.ts'
import { didBsnDriver } from './did-bsn.ts'

function setUp() {
  const standIn = new BsnDidServiceStandIn()
  const { url, projectId, token, fetch } = standIn
  const service = new BsnDidService({ url, projectId, token, fetch })
  return { standIn, service, resolver: new DidResolver({ drivers: [didBsnDriver(service)], maxAgeMs: 0 }) }
}

test('gives the service’s document in the form of DID Core, by the word of one server', async () => {
  const { standIn, resolver } = setUp()
  const { did, secret } = standIn.createDid(1)
  const { document, metadata, assurance, source } = await resolver.resolve(did)
  const id = `${did}#keys-1`
  expect(document).toEqual({
    id: did,
    verificationMethod: [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: secp256k1ToJwk(secp256k1KeyOf(secret)) }],
    authentication: [id],
    assertionMethod: [id],
  })
  expect(metadata).toEqual({ created: '2026-03-03T06:02:00Z', versionId: '1', identifierIsHashOfKeys: true })
  expect([assurance, source]).toMatchObject([{ kind: 'gatewaySigned' }, { driver: 'bsn/1', host: 'did-service.example' }])
})

test('knows the documents that the library itself wrote, and their proofs', async () => {
  for (const { did, document } of vectors.documents) {
    const { standIn, resolver } = setUp()
    standIn.tamper = () => `{"code":0,"msg":"","data":${document}}`
    expect((await resolver.resolve(did)).metadata.identifierIsHashOfKeys).toBe(true)
  }
})

test('after the key was replaced gives the new one, and says that the DID is not its hash', async () => {
  const { standIn, resolver } = setUp()
  const before = standIn.createDid(1)
  const { did, secret } = standIn.resetAuthentication(before, 50)
  const { document, metadata } = await resolver.resolve(did)
  expect(findOtherKey(document!, `${did}#keys-1`, 'assertionMethod')).toEqual(secp256k1KeyOf(secret))
  expect(metadata).toMatchObject({ updated: '2026-04-04T02:00:00Z', identifierIsHashOfKeys: false })
})

describe('refuses', () => {
  const { did } = new BsnDidServiceStandIn().createDid(1)
  const other = new BsnDidServiceStandIn().createDid(2)

  test.each([
    ['an identifier in another base', 'did:bsn:0OIl'],
    ['one that is too long', `did:bsn:${'1'.repeat(29)}`],
    ['a part more', `${did}:1`],
  ])('%s, and asks nobody', async (_, asked) => {
    const { standIn, resolver } = setUp()
    await expect(resolver.resolve(asked)).rejects.toMatchObject({ code: 'ERR_DID_SYNTAX' })
    expect(standIn.asked).toEqual([])
  })

  test('a DID that the service does not know, and one that it leaves empty', async () => {
    const { standIn, resolver } = setUp()
    await expect(resolver.resolve(did)).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
    standIn.tamper = () => '{"code":0,"msg":"Success","data":null}'
    await expect(resolver.resolve(did)).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
  })

  test('the document of another DID, also under this one’s name', async () => {
    const { standIn, resolver } = setUp()
    for (const seed of [1, 2]) standIn.createDid(seed)
    const asOther = standIn.answer('/did/getDoc', JSON.stringify({ did: other.did, data: {} }))
    for (const text of [asOther, asOther.replaceAll(other.did, did)]) {
      standIn.tamper = () => text
      await expect(resolver.resolve(did)).rejects.toMatchObject({ code: 'ERR_DID_DOCUMENT' })
    }
  })

  test('any bit flipped in what the proof signs, and in the proof', async () => {
    const { standIn, resolver } = setUp()
    standIn.createDid(1)
    const text = standIn.answer('/did/getDoc', JSON.stringify({ did, data: {} }))
    const [from, until] = [text.indexOf('"data":') + 7, text.length - 1]
    // Digits of the message's own names and values; elsewhere the text is no JSON any more.
    for (let position = from; position < until; position += 7) {
      if (!/[0-9A-Za-z]/.test(text[position]!)) continue
      const flipped = String.fromCharCode(text.charCodeAt(position) ^ 1)
      standIn.tamper = () => text.slice(0, position) + flipped + text.slice(position + 1)
      await expect(resolver.resolve(did), `position ${position}`).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_DID_(DOCUMENT|ANSWER|NOT_FOUND)$/),
      })
    }
  })

  test('keys that are not the DID’s hash, though a proof by them holds', async () => {
    const { standIn, resolver } = setUp()
    const party = standIn.createDid(1)
    standIn.resetAuthentication(party, 60, '2026-03-03 14:02:00')
    await expect(resolver.resolve(did)).rejects.toMatchObject({ code: 'ERR_DID_DOCUMENT' })
  })

  test.each([
    ['no JSON', '<html>', 'ERR_DID_ANSWER'],
    ['a list', '[]', 'ERR_DID_ANSWER'],
    ['no code', '{"msg":"","data":{}}', 'ERR_DID_ANSWER'],
    ['a code as text', '{"code":"0","data":{}}', 'ERR_DID_ANSWER'],
    ['a refusal', '{"code":9999,"msg":"a text from outside","data":null}', 'ERR_DID_UNREACHABLE'],
    [
      'a document without keys',
      `{"code":0,"data":{"did":"${did}","version":"1","created":"2026-03-03","updated":"2026-03-03"}}`,
      'ERR_DID_DOCUMENT',
    ],
    ['more than it may answer', `{"code":0,"data":"${'x'.repeat(65_536)}"}`, 'ERR_DID_ANSWER'],
  ])('%s', async (_, text, code) => {
    const { standIn, resolver } = setUp()
    standIn.tamper = () => text
    await expect(resolver.resolve(did)).rejects.toMatchObject({ code, message: expect.not.stringContaining('outside') })
  })

  test('another project’s token', async () => {
    const { standIn } = setUp()
    const service = new BsnDidService({ ...standIn, url: standIn.url, projectId: standIn.projectId, fetch: standIn.fetch, token: 'other' })
    await expect(service.findDocument(did)).rejects.toMatchObject({ code: 'ERR_DID_UNREACHABLE' })
  })
})

describe('the list of revoked credentials', () => {
  test('is read to its end', async () => {
    const { standIn, service } = setUp()
    const issuer = standIn.createDid(1)
    expect(await service.isRevoked(issuer.did, 'c-1')).toBe(false)
    for (let number = 1; number <= 250; number++) standIn.revoke(issuer, `c-${number}`)
    standIn.asked.length = 0
    expect(await service.isRevoked(issuer.did, 'c-250')).toBe(true)
    expect(await service.isRevoked(issuer.did, 'c-251')).toBe(false)
    expect(await service.isRevoked(standIn.createDid(2).did, 'c-1')).toBe(false)
    expect(standIn.asked).toHaveLength(11)
  })

  test.each([
    ['an entry less than it counts', (text: string) => text.replace(/\{"id":"c-3"[^}]*\},?/, '').replace(',]', ']')],
    ['a count that is too small for its pages', (text: string) => text.replace('"totalNum":3', '"totalNum":2')],
    ['another page', (text: string) => text.replace('"page":1', '"page":2')],
    ['more pages than anybody reads', (text: string) => text.replace('"totalPage":1', '"totalPage":1000000')],
    ['no list', () => '{"code":0,"data":{}}'],
    ['a refusal', () => '{"code":9999}'],
  ])('with %s is no "no"', async (_, tamper) => {
    const { standIn, service } = setUp()
    const issuer = standIn.createDid(1)
    for (const id of ['c-1', 'c-2', 'c-3']) standIn.revoke(issuer, id)
    standIn.tamper = tamper
    await expect(service.isRevoked(issuer.did, 'c-3')).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_DID_(ANSWER|UNREACHABLE)$/),
    })
  })
})
