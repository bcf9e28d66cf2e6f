import { secp256k1KeyOf, secp256k1ToJwk, secp256k1ToMultikey } from '@hufu/keys'
import { bytesToBase64url, utf8ToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { DidResolver } from '../did-resolver.ts'
import { findOtherKey } from '../find-other-key.ts'
import { didJwkDriver } from './did-jwk.ts'
import { didKeyDriver } from './did-key.ts'

const resolver = new DidResolver({ drivers: [didKeyDriver(), didJwkDriver()] })
const documentOf = async (did: string) => (await resolver.resolve(did)).document!
const secp256k1 = secp256k1KeyOf(new Uint8Array(32).fill(5))
const didOfJwk = (jwk: unknown) => `did:jwk:${bytesToBase64url(utf8ToBytes(typeof jwk === 'string' ? jwk : JSON.stringify(jwk)))}`

describe('did:key', () => {
  // Examples of the method's specification: Ed25519, P-256; secp256k1.
  test.each([
    ['Ed25519', 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'],
    ['P-256', 'zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169'],
    ['secp256k1', 'zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme'],
    ['secp256k1', secp256k1ToMultikey(secp256k1)],
  ])('of %s is its document', async (algorithm, multikey) => {
    const did = `did:key:${multikey}`
    const { document, assurance, source } = await resolver.resolve(did)
    const id = `${did}#${multikey}`
    expect(document).toEqual({
      id: did,
      verificationMethod: [{ id, type: 'Multikey', controller: did, publicKeyMultibase: multikey }],
      authentication: [id],
      assertionMethod: [id],
      capabilityInvocation: [id],
      capabilityDelegation: [id],
    })
    expect([assurance, source.driver]).toEqual([{ kind: 'selfCertifying' }, 'key/1'])
    expect(findOtherKey(document!, id, 'assertionMethod').algorithm).toBe(algorithm)
  })

  test.each([
    ['a key of X25519', 'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc', 'ERR_DID_FEATURE'],
    ['a point beside the curve', 'did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2167', 'ERR_DID_SYNTAX'],
    ['another base', 'did:key:u6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK', 'ERR_DID_SYNTAX'],
    ['a part more', 'did:key:1:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK', 'ERR_DID_SYNTAX'],
    ['a 1 in front, which adds a zero byte', 'did:key:z16MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK', 'ERR_DID_FEATURE'],
  ])('refuses %s', async (_, did, code) => {
    await expect(resolver.resolve(did)).rejects.toMatchObject({ code })
  })
})

describe('did:jwk', () => {
  // The method's specification, examples 1 and 2.
  const p256 =
    'did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9'
  const x25519 =
    'did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJYMjU1MTkiLCJ1c2UiOiJlbmMiLCJ4IjoiM3A3YmZYdDl3YlRUVzJIQzdPUTFOei1EUThoYmVHZE5yZngtRkctSUswOCJ9'

  test('of P-256 is its document', async () => {
    const document = await documentOf(p256)
    const jwk = {
      crv: 'P-256',
      kty: 'EC',
      x: 'acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0',
      y: '_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE',
    }
    expect(document).toEqual({
      id: p256,
      verificationMethod: [{ id: `${p256}#0`, type: 'JsonWebKey', controller: p256, publicKeyJwk: jwk }],
      ...Object.fromEntries(
        ['authentication', 'assertionMethod', 'keyAgreement', 'capabilityInvocation', 'capabilityDelegation'].map(name => [
          name,
          [`${p256}#0`],
        ]),
      ),
    })
    expect(findOtherKey(document, `${p256}#0`, 'authentication').algorithm).toBe('P-256')
  })

  test('of X25519 only agrees on keys; one of secp256k1 for signatures does not', async () => {
    const document = await documentOf(x25519)
    expect(Object.keys(document)).toEqual(['id', 'verificationMethod', 'keyAgreement'])
    expect(() => findOtherKey(document, `${x25519}#0`, 'assertionMethod')).toThrow(expect.objectContaining({ code: 'ERR_DID_KEY_PURPOSE' }))
    const signing = didOfJwk({ ...secp256k1ToJwk(secp256k1), use: 'sig' })
    expect(await documentOf(signing)).not.toHaveProperty('keyAgreement')
    expect(findOtherKey(await documentOf(signing), `${signing}#0`, 'assertionMethod')).toEqual(secp256k1)
  })

  test('no other fragment, purpose or DID leads to its key', async () => {
    const document = await documentOf(p256)
    for (const url of [`${p256}#1`, p256, `${x25519}#0`, `${p256}?a=b#0`])
      expect(() => findOtherKey(document, url, 'authentication')).toThrow(expect.objectContaining({ code: 'ERR_DID_KEY' }))
  })

  const point = secp256k1ToJwk(secp256k1)
  test.each([
    ['text that is no base64url', 'did:jwk:e', 'ERR_DID_SYNTAX'],
    ['no JSON', didOfJwk('{'), 'ERR_DID_SYNTAX'],
    ['a list', didOfJwk([point]), 'ERR_DID_SYNTAX'],
    ['a member twice', didOfJwk(`{"kty":"EC","kty":"EC","crv":"secp256k1","x":"${point.x}","y":"${point.y}"}`), 'ERR_DID_SYNTAX'],
    ['a private key', didOfJwk({ ...point, d: 'AQ' }), 'ERR_DID_SYNTAX'],
    ['a symmetric key', didOfJwk({ kty: 'oct', k: 'AQ' }), 'ERR_DID_SYNTAX'],
    ['a point beside the curve', didOfJwk({ ...point, y: point.x }), 'ERR_DID_SYNTAX'],
    ['RSA', didOfJwk({ kty: 'RSA', n: 'AQ', e: 'AQAB' }), 'ERR_DID_FEATURE'],
    ['more than a key is long', didOfJwk({ ...point, kid: 'x'.repeat(1000) }), 'ERR_DID_SYNTAX'],
  ])('refuses %s', async (_, did, code) => {
    await expect(resolver.resolve(did)).rejects.toMatchObject({ code })
  })
})
