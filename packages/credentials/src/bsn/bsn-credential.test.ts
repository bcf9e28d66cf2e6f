import { secp256k1FromDecimal, secp256k1KeyOf } from '@hufu/keys'
import { sha256, utf8ToBytes } from '@hufu/primitives'
import { BsnDidServiceStandIn, FixedClock } from '@hufu/testkit'
import { describe, expect, test } from 'vitest'
import vectors from '../../../primitives/vectors/fastjson/fastjson-1.2.83.json' with { type: 'json' }
import type { JsonObject } from '../json-object.ts'
import { fixedParty, openPolicy } from '../w3c/fixture.ts'
import { issueW3cCredential } from '../w3c/issue-w3c-credential.ts'
import { verifyW3cCredential } from '../w3c/verify-w3c-credential.ts'
import { reattestBsnCredential } from './reattest-bsn-credential.ts'
import { type VerifyBsnCredentialOptions, verifyBsnCredential } from './verify-bsn-credential.ts'

const standIn = new BsnDidServiceStandIn()
const [issuer, user, other] = [1, 2, 3].map(seed => standIn.createDid(seed))
const nowMs = Date.UTC(2026, 10, 23, 12)
const request = {
  id: '7f0f2f3a-1111-4c0e-8f6e-000000000001',
  cptId: '160001',
  userDid: user!.did,
  created: '2026-03-03 14:02:00',
  expirationDate: '2026-11-24',
  claim: '{"name":"李四","age":38,"Aa":1,"BB":2,"list":[1,2],"nested":{"y":1,"x":2}}',
}
const text = standIn.issue(issuer!, request)

const options: VerifyBsnCredentialOptions = {
  accepted: [{ issuerDid: issuer!.did, cptId: request.cptId }],
  findIssuerKey: async did =>
    did === issuer!.did ? { key: secp256k1KeyOf(issuer!.secret), evidence: { assurance: 'gatewaySigned' } } : null,
  isRevoked: async () => ({ revoked: false, evidence: {} }),
  clock: new FixedClock(nowMs),
}
const verify = (credential: string, changed: Partial<VerifyBsnCredentialOptions> = {}) =>
  verifyBsnCredential(credential, { ...options, ...changed })

describe('a credential of BSN’s', () => {
  test('holds in its own form, with a receipt', async () => {
    const { issuerDid, userDid, cptId, claim, receipt } = await verify(text)
    expect([issuerDid, userDid, cptId, claim.get('name')]).toEqual([issuer!.did, user!.did, request.cptId, '李四'])
    expect(receipt.rules.map(({ rule, passed }) => [rule, passed])).toEqual(
      ['form', 'issuer-trusted-now', 'type', 'issuer', 'issuer-key-now', 'issuer-signature', 'validity', 'status'].map(rule => [
        rule,
        true,
      ]),
    )
  })

  test('holds as the library itself signed and wrote it', async () => {
    for (const { publicKey, signed, credential } of vectors.credentials) {
      const { issuerDid, cptId } = JSON.parse(credential) as { issuerDid: string; cptId: number }
      const { signedSha256 } = await verify(credential, {
        accepted: [{ issuerDid, cptId: String(cptId) }],
        findIssuerKey: async () => ({ key: secp256k1FromDecimal(publicKey), evidence: {} }),
      })
      expect(signedSha256).toEqual(sha256(utf8ToBytes(signed)))
    }
  })

  test('holds with spaces, with its members in another order, and its template’s number as text: these mean nothing', async () => {
    const { proof, claim, ...members } = JSON.parse(text) as Record<string, unknown>
    const again = JSON.stringify({ proof, claim, ...members, cptId: request.cptId }, null, 2)
    expect((await verify(again)).signedSha256).toEqual((await verify(text)).signedSha256)
  })
})

const tries = Number(process.env.TRIES ?? 300)

describe('is refused:', () => {
  const changed = (from: string, to: string) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }
  test.each([
    ['claims re-ordered that fall together', () => changed('"Aa":1,"BB":2', '"BB":2,"Aa":1'), 'ERR_CREDENTIAL_SIGNATURE'],
    ['a list re-ordered', () => changed('[1,2]', '[2,1]'), 'ERR_CREDENTIAL_SIGNATURE'],
    ['a number written otherwise', () => changed('"age":38', '"age":38.0'), 'ERR_CREDENTIAL_SIGNATURE'],
    ['a number as text', () => changed('"age":38', '"age":"38"'), 'ERR_CREDENTIAL_SIGNATURE'],
    ['a claim more', () => changed('"age":38', '"age":38,"vip":true'), 'ERR_CREDENTIAL_SIGNATURE'],
    ['a claim less', () => changed('"age":38,', ''), 'ERR_CREDENTIAL_SIGNATURE'],
    ['another holder', () => changed(user!.did, other!.did), 'ERR_CREDENTIAL_SIGNATURE'],
    ['a later end', () => changed('2026-11-24', '2027-11-24'), 'ERR_CREDENTIAL_SIGNATURE'],
    ['another issuer', () => changed(`"issuerDid":"${issuer!.did}"`, `"issuerDid":"${other!.did}"`), 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED'],
    ['another template', () => changed('"cptId":160001', '"cptId":160002'), 'ERR_CREDENTIAL_TYPE'],
    ['a proof by another', () => changed(`"creator":"${issuer!.did}"`, `"creator":"${other!.did}"`), 'ERR_CREDENTIAL_ISSUER_MISMATCH'],
    ['another’s signature', () => standIn.issue({ ...issuer!, secret: other!.secret }, request), 'ERR_CREDENTIAL_SIGNATURE'],
    ['a claim twice', () => changed('"age":38', '"age":38,"age":38'), 'ERR_CREDENTIAL_MALFORMED'],
    ['a number with an exponent', () => changed('"age":38', '"age":3.8e1'), 'ERR_CREDENTIAL_MALFORMED'],
    ['a member that nobody signed', () => changed('"context"', '"level":"high","context"'), 'ERR_CREDENTIAL_MALFORMED'],
    ['a member less', () => changed('"id":"7f0f2f3a-1111-4c0e-8f6e-000000000001",', ''), 'ERR_CREDENTIAL_MALFORMED'],
    ['a holder who is no DID', () => changed(user!.did, 'did:bsn:0OIl'), 'ERR_CREDENTIAL_MALFORMED'],
    ['no claims', () => standIn.issue(issuer!, { ...request, claim: '{}' }), 'ERR_CREDENTIAL_MALFORMED'],
    ['a claim that is null', () => changed('"age":38', '"age":null'), 'ERR_CREDENTIAL_MALFORMED'],
    ['another type', () => changed('"type":"Proof"', '"type":"Claim"'), 'ERR_CREDENTIAL_MALFORMED'],
    ['another kind of proof', () => changed('"type":"Secp256k1"', '"type":"SM2"'), 'ERR_CREDENTIAL_MALFORMED'],
    ['no JSON', () => '{', 'ERR_CREDENTIAL_MALFORMED'],
    ['more than it may be long', () => `${text}${' '.repeat(65_536)}`, 'ERR_CREDENTIAL_TOO_LARGE'],
  ])('%s', async (_, make, code) => {
    await expect(verify(make())).rejects.toMatchObject({ code, receipt: { verdict: 'refused' } })
  })

  test('any bit of the signature flipped', async () => {
    const { proof } = JSON.parse(text) as { proof: { signatureValue: string } }
    for (let position = 0; position < proof.signatureValue.length; position += 5) {
      const flipped = [...proof.signatureValue].map((char, index) => (index === position ? (char === 'A' ? 'B' : 'A') : char)).join('')
      await expect(verify(changed(proof.signatureValue, flipped))).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
    }
  })

  test('a character changed anywhere: what is still accepted is the same credential (TRIES=100000 for long)', {
    timeout: 30_000 + tries * 50,
  }, async () => {
    const { signedSha256 } = await verify(text)
    const random = seededNumbers(7)
    for (let left = tries; left > 0; left--) {
      const position = Math.floor(random() * text.length)
      const character = String.fromCharCode(32 + Math.floor(random() * 95))
      const outcome = await verify(text.slice(0, position) + character + text.slice(position + 1)).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: expect.stringMatching(/^ERR_CREDENTIAL_/) })
      else expect((outcome as { signedSha256: Uint8Array }).signedSha256).toEqual(signedSha256)
    }
  })

  test('over by one millisecond; one before it holds', async () => {
    const endMs = Date.UTC(2026, 10, 23, 16)
    await expect(verify(text, { clock: new FixedClock(endMs - 1) })).resolves.toMatchObject({ expiresMs: endMs })
    await expect(verify(text, { clock: new FixedClock(endMs) })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_EXPIRED' })
    const timed = standIn.issue(issuer!, { ...request, expirationDate: '2026-11-23 20:00:00' })
    await expect(verify(timed, { clock: new FixedClock(nowMs - 1000) })).resolves.toBeDefined()
    await expect(verify(timed, { clock: new FixedClock(nowMs + 1000) })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_EXPIRED' })
  })

  test('made further in the future than clocks differ', async () => {
    const createdMs = Date.UTC(2026, 2, 3, 6, 2)
    await expect(verify(text, { clock: new FixedClock(createdMs - 60_000) })).resolves.toBeDefined()
    await expect(verify(text, { clock: new FixedClock(createdMs - 60_001) })).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_NOT_YET_VALID',
    })
  })

  test('revoked; an issuer nobody knows; and nothing is decided where nobody answers', async () => {
    const isRevoked = async () => ({ revoked: true, evidence: {} })
    await expect(verify(text, { isRevoked })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' })
    await expect(verify(text, { findIssuerKey: async () => null })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_KEY' })
    const down = () => Promise.reject(new Error('down'))
    await expect(verify(text, { isRevoked: down })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP' })
    await expect(verify(text, { findIssuerKey: down })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_LOOKUP' })
    await expect(verify(text, { accepted: [] })).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED' })
  })
})

describe('attested again', async () => {
  const bureau = await fixedParty('P-256', 9)
  const issued = (credential: JsonObject) => issueW3cCredential(credential, { key: bureau.key, createdMs: nowMs })
  const terms = {
    issuer: bureau.did,
    id: 'urn:uuid:9c9a36f8-518f-4976-a934-6649502d0009',
    credentialType: 'EmployeeCredential',
    claims: { name: 'employeeName', age: 'age' },
    maxValidityMs: 3_600_000,
    nowMs,
  }

  test('it is a new statement of ours, with the original as evidence', async () => {
    const original = await verify(text)
    const credential = await issued(reattestBsnCredential(original, terms))
    const {
      issuer: named,
      subjects,
      types,
      validUntilMs,
    } = await verifyW3cCredential(credential, { ...openPolicy, clock: new FixedClock(nowMs) })
    expect([named, types, validUntilMs]).toEqual([bureau.did, ['EmployeeCredential'], nowMs + 3_600_000])
    expect(subjects).toEqual([{ id: user!.did, employeeName: '李四', age: 38 }])
    const digest = btoa(String.fromCharCode(...original.signedSha256))
    expect(credential.evidence).toEqual([
      {
        type: ['BsnCredentialEvidence'],
        originalIssuer: issuer!.did,
        originalTemplate: request.cptId,
        digestSRI: `sha256-${digest}`,
        verifiedAt: '2026-11-23T12:00:00Z',
        assurance: 'gatewaySigned',
      },
    ])
    // The evidence is signed.
    const forged = { ...credential, evidence: [{ ...(credential.evidence as object[])[0], originalTemplate: '1' }] }
    await expect(verifyW3cCredential(forged, { ...openPolicy, clock: new FixedClock(nowMs) })).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_SIGNATURE',
    })
  })

  test('nobody signs it in the name of the issuer at BSN', async () => {
    const relabelled = reattestBsnCredential(await verify(text), { ...terms, issuer: issuer!.did })
    await expect(issued(relabelled)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_ISSUER_MISMATCH' })
  })

  test('it ends with the original, at the latest', async () => {
    const credential = reattestBsnCredential(await verify(text), { ...terms, maxValidityMs: 10 * 86_400_000 })
    expect(credential.validUntil).toBe('2026-11-23T16:00:00Z')
  })

  test.each([
    ['a claim that is not there', { claims: { missing: 'x' } }, 'ERR_CREDENTIAL_SCHEMA'],
    ['a list', { claims: { list: 'x' } }, 'ERR_CREDENTIAL_SCHEMA'],
    ['an object', { claims: { nested: 'x' } }, 'ERR_CREDENTIAL_SCHEMA'],
    ['a minute and a millisecond later', { nowMs: nowMs + 60_001 }, 'ERR_CREDENTIAL_CONFLICT'],
    ['before it was verified', { nowMs: nowMs - 1 }, 'ERR_CREDENTIAL_CONFLICT'],
  ])('it is not made of %s', async (_, members, code) => {
    const original = await verify(text)
    expect(() => reattestBsnCredential(original, { ...terms, ...members })).toThrow(expect.objectContaining({ code }))
  })

  test('two claims do not become one, and none becomes whom it is about', async () => {
    const original = await verify(text)
    for (const claims of [{ name: 'x', age: 'x' }, { name: 'id' }])
      expect(() => reattestBsnCredential(original, { ...terms, claims: claims as Record<string, string> })).toThrow(TypeError)
  })
})

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seededNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
