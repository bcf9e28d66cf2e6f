import { publicKeyToJwk } from '@hufu/keys'
import type { Json } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { signJwt } from '../jose/sign-jwt.ts'
import type { JsonObject } from '../json-object.ts'
import { rules } from '../rules.ts'
import { type Disclosure, digestOf, makeDisclosure } from './disclosure.ts'
import { presentSdJwt } from './present-sd-jwt.ts'
import {
  audience,
  claims,
  credentialType,
  expectRefusal,
  holderSigner,
  issue,
  issuer,
  issuerSigner,
  kid,
  nonce,
  nowMs,
  present,
  signerOf,
  strangerSigner,
  verifier,
} from './sd-jwt-fixture.ts'
import { verifySdJwtVc } from './verify-sd-jwt-vc.ts'

const presentation = await present(await issue())

describe('a presentation that is in order', () => {
  test.each([
    ['P-256', 'P-256'],
    ['P-256', 'Ed25519'],
    ['Ed25519', 'P-256'],
  ] as const)('issuer with %s and holder with %s: says who, what and until when', async (issuers, holders) => {
    const signer = await signerOf(issuers, 11)
    const holder = await signerOf(holders, 12)
    const shown = await present(await issue({ signer, holderKey: holder.publicKey, decoys: 2 }), { signer: holder })
    const verified = await verifySdJwtVc(
      shown,
      verifier({ resolveIssuerKey: async () => ({ controller: issuer, publicKey: signer.publicKey, evidence: {} }) }),
    )
    expect(verified).toMatchObject({
      issuer,
      credentialType,
      claims: { name: claims.name, address: claims.address },
      complete: false,
      issuedAtMs: nowMs - 60_000,
      expiresAtMs: nowMs + 86_400_000,
      holderKey: holder.publicKey,
    })
    expect(Object.keys(verified.claims).sort()).toEqual(['address', 'name'])
  })

  test('has a receipt with every rule, in both languages, without a single claim', async () => {
    const { receipt } = await verifySdJwtVc(
      presentation,
      verifier({ keyListedNow: true, validateClaims: async () => ({ valid: true, evidence: { schemaVersion: 1 } }) }),
    )
    expect(receipt.verdict).toBe('accepted')
    expect(receipt.verifiedAtMs).toBe(nowMs)
    expect(receipt.rules.every(({ passed, rule, text }) => passed && text === rules[rule] && text.en !== '' && text['zh-CN'] !== '')).toBe(
      true,
    )
    expect(receipt.rules.map(({ rule }) => rule)).toEqual([
      'form',
      'type',
      'issuer',
      'issuer-key',
      'issuer-key-now',
      'issuer-signature',
      'validity',
      'disclosures',
      'holder',
      'audience',
      'nonce',
      'presentation-age',
      'presentation-content',
      'issuer-trusted-then',
      'issuer-trusted-now',
      'schema',
    ])
    const written = JSON.stringify(receipt)
    for (const value of [claims.name, claims.birthDate, claims.address.city, nonce]) expect(written).not.toContain(value)
  })

  test('asks for the key and the standing of the issuer at the right times', async () => {
    const asked: unknown[] = []
    await verifySdJwtVc(
      presentation,
      verifier({
        resolveIssuerKey: async query => {
          asked.push(query)
          return { controller: issuer, publicKey: issuerSigner.publicKey, evidence: {} }
        },
        mayIssue: async query => {
          asked.push(query)
          return { allowed: true, evidence: {} }
        },
      }),
    )
    expect(asked).toEqual([
      { issuer, kid, purpose: 'assertionMethod', atMs: nowMs - 60_000 },
      { issuer, credentialType, atMs: nowMs - 60_000 },
      { issuer, credentialType, atMs: nowMs },
    ])
  })

  test('may come without a proof where none is asked for, and is complete if nothing was kept back', async () => {
    const verified = await verifySdJwtVc(await issue(), verifier({ keyBinding: 'none' }))
    expect(verified).toMatchObject({ claims, complete: true })
  })
})

describe('the period of validity', () => {
  test.each([
    ['expires in a second', { expiresAtMs: nowMs + 1000 }, undefined],
    ['expires now', { expiresAtMs: nowMs }, 'ERR_CREDENTIAL_EXPIRED'],
    ['expired a second ago', { expiresAtMs: nowMs - 1000 }, 'ERR_CREDENTIAL_EXPIRED'],
    ['begins now', { notBeforeMs: nowMs }, undefined],
    ['begins in a second', { notBeforeMs: nowMs + 1000 }, 'ERR_CREDENTIAL_NOT_YET_VALID'],
    ['was issued now by a clock a minute ahead', { issuedAtMs: nowMs + 60_000 }, undefined],
    ['was issued in the future', { issuedAtMs: nowMs + 61_000 }, 'ERR_CREDENTIAL_NOT_YET_VALID'],
  ] as const)('%s', async (_what, times, code) => {
    const verifying = verifySdJwtVc(await present(await issue(times)), verifier())
    if (code === undefined) expect((await verifying).receipt.verdict).toBe('accepted')
    else await expectRefusal(verifying, code, 'validity')
  })
})

describe('the issuer', () => {
  test('must be the DID of the key that signed', async () => {
    const shown = await presentPayload({ ...terms(), iss: 'did:neo:pilot:another' })
    await expectRefusal(verifySdJwtVc(shown, verifier()), 'ERR_CREDENTIAL_ISSUER_MISMATCH', 'issuer')
  })

  test.each([null, 'key-1', '#key-1', issuer, `${issuer}?versionId=1#key-1`])('refuses the key identifier %s', async badKid => {
    const shown = await presentPayload(terms(), badKid)
    await expectRefusal(verifySdJwtVc(shown, verifier()), 'ERR_CREDENTIAL_ISSUER_MISMATCH', 'issuer')
  })

  test('must be the DID that listed the key', async () => {
    const options = verifier({
      resolveIssuerKey: async () => ({ controller: 'did:neo:pilot:another', publicKey: issuerSigner.publicKey, evidence: {} }),
    })
    await expectRefusal(verifySdJwtVc(presentation, options), 'ERR_CREDENTIAL_ISSUER_MISMATCH', 'issuer-key')
  })

  test('must have listed the key then, and now too if the verifier wants it', async () => {
    await expectRefusal(
      verifySdJwtVc(presentation, verifier({ resolveIssuerKey: async () => null })),
      'ERR_CREDENTIAL_ISSUER_KEY',
      'issuer-key',
    )
    const rotatedSince = verifier({
      resolveIssuerKey: async ({ atMs }) =>
        atMs === nowMs ? null : { controller: issuer, publicKey: issuerSigner.publicKey, evidence: {} },
    })
    expect((await verifySdJwtVc(presentation, rotatedSince)).receipt.verdict).toBe('accepted')
    await expectRefusal(verifySdJwtVc(presentation, { ...rotatedSince, keyListedNow: true }), 'ERR_CREDENTIAL_ISSUER_KEY', 'issuer-key-now')
  })

  test('must have signed with the listed key', async () => {
    const another = verifier({ resolveIssuerKey: async () => ({ controller: issuer, publicKey: strangerSigner.publicKey, evidence: {} }) })
    await expectRefusal(verifySdJwtVc(presentation, another), 'ERR_CREDENTIAL_SIGNATURE', 'issuer-signature')
    const edDsa = await signerOf('Ed25519', 1)
    const anotherSuite = verifier({ resolveIssuerKey: async () => ({ controller: issuer, publicKey: edDsa.publicKey, evidence: {} }) })
    await expectRefusal(verifySdJwtVc(presentation, anotherSuite), 'ERR_CREDENTIAL_ALGORITHM', 'issuer-signature')
  })

  test('must have been accredited then, and still be, unless the verifier lets that pass', async () => {
    const at = (timeMs: number) => verifier({ mayIssue: async ({ atMs }) => ({ allowed: atMs !== timeMs, evidence: { reason: 4 } }) })
    await expectRefusal(verifySdJwtVc(presentation, at(nowMs - 60_000)), 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED', 'issuer-trusted-then')
    const error = await expectRefusal(verifySdJwtVc(presentation, at(nowMs)), 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED', 'issuer-trusted-now')
    expect(error.receipt?.rules.at(-1)?.evidence).toEqual({ atMs: nowMs, reason: 4 })
    expect((await verifySdJwtVc(presentation, { ...at(nowMs), trustedNow: false })).receipt.verdict).toBe('accepted')
  })

  test('that cannot be looked up is neither good nor bad', async () => {
    const cause = new Error('all nodes are down')
    const fails = () => Promise.reject(cause)
    for (const [options, rule] of [
      [{ resolveIssuerKey: fails }, 'issuer-key'],
      [{ mayIssue: fails }, 'issuer-trusted-then'],
      [{ validateClaims: fails }, 'schema'],
    ] as const) {
      const error = await expectRefusal(verifySdJwtVc(presentation, verifier(options)), 'ERR_CREDENTIAL_LOOKUP', rule)
      expect(error.cause).toBe(cause)
    }
  })
})

describe('type, schema and status', () => {
  test('refuses a type that was not asked for, also when it is known under that name', async () => {
    await expectRefusal(verifySdJwtVc(presentation, verifier({ credentialTypes: [`${credentialType}/`] })), 'ERR_CREDENTIAL_TYPE', 'type')
    const alias = await presentPayload({ ...terms(), aka_vcts: ['https://hufu.example/types/wanted'] })
    await expectRefusal(
      verifySdJwtVc(alias, verifier({ credentialTypes: ['https://hufu.example/types/wanted'] })),
      'ERR_CREDENTIAL_TYPE',
      'type',
    )
  })

  test('refuses claims that do not follow the schema, and says which were asked about', async () => {
    const seen: unknown[] = []
    const validateClaims = async (query: unknown) => {
      seen.push(query)
      return { valid: false, evidence: { schemaVersion: 1 } }
    }
    await expectRefusal(verifySdJwtVc(presentation, verifier({ validateClaims })), 'ERR_CREDENTIAL_SCHEMA', 'schema')
    expect(seen).toEqual([{ credentialType, claims: { name: claims.name, address: claims.address }, partial: true }])
  })

  test.each([
    ['iss', undefined],
    ['iss', ''],
    ['vct', undefined],
    ['vct', 7],
    ['iat', undefined],
    ['iat', '1'],
    ['exp', 1.5],
    ['exp', null],
    ['nbf', -1],
    ['cnf', 'key'],
    ['cnf', { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }],
    ['cnf', { jwk: { ...publicKeyToJwk(holderSigner.publicKey), d: 'AA' } }],
    ['status', {}],
    ['status', { status_list: { idx: -1, uri: 'https://a.example' } }],
    ['status', { status_list: { idx: 1.5, uri: 'https://a.example' } }],
    ['status', { status_list: { idx: 1 } }],
  ])('refuses a credential whose %s is %j', async (name, value) => {
    await expectRefusal(
      verifySdJwtVc(await presentPayload({ ...terms(), [name]: value as Json }), verifier()),
      'ERR_CREDENTIAL_MALFORMED',
      'form',
    )
  })

  test('refuses digests by another function', async () => {
    await expectRefusal(
      verifySdJwtVc(await presentPayload({ ...terms(), _sd_alg: 'sha-512' }), verifier()),
      'ERR_CREDENTIAL_ALGORITHM',
      'disclosures',
    )
  })
})

describe("the holder's proof", () => {
  test('must be there if the verifier asks for it', async () => {
    await expectRefusal(verifySdJwtVc(await issue(), verifier()), 'ERR_CREDENTIAL_KEY_BINDING_MISSING', 'holder')
    const { cnf, ...unbound } = terms()
    await expectRefusal(verifySdJwtVc(await presentPayload(unbound), verifier()), 'ERR_CREDENTIAL_KEY_BINDING_MISSING', 'holder')
    await expectRefusal(
      verifySdJwtVc(await presentPayload({ ...unbound, cnf: { kid: 'a' } }), verifier()),
      'ERR_CREDENTIAL_KEY_BINDING_MISSING',
      'holder',
    )
  })

  test('must not be there if nobody asks for it', async () => {
    await expectRefusal(verifySdJwtVc(presentation, verifier({ keyBinding: 'none' })), 'ERR_CREDENTIAL_KEY_BINDING', 'holder')
  })

  test("must be by the holder's key, not by another or by the issuer's", async () => {
    for (const signer of [strangerSigner, issuerSigner, await signerOf('Ed25519', 2)]) {
      await expectRefusal(verifySdJwtVc(await forgeProof({ signer }), verifier()), 'ERR_CREDENTIAL_KEY_BINDING', 'holder')
    }
  })

  test("of another credential's holder is refused", async () => {
    const others = await present(await issue({ holderKey: strangerSigner.publicKey }), { signer: strangerSigner })
    await expectRefusal(verifySdJwtVc(contentOf(presentation) + proofOf(others), verifier()), 'ERR_CREDENTIAL_KEY_BINDING', 'holder')
  })

  test('must name this verifier', async () => {
    await expectRefusal(
      verifySdJwtVc(await present(await issue(), { audience: 'did:neo:pilot:another' }), verifier()),
      'ERR_CREDENTIAL_AUDIENCE',
      'audience',
    )
    await expectRefusal(
      verifySdJwtVc(await forgeProof({ payload: { aud: [audience] } }), verifier()),
      'ERR_CREDENTIAL_AUDIENCE',
      'audience',
    )
  })

  test('must answer this challenge: one from before is refused', async () => {
    await expectRefusal(
      verifySdJwtVc(presentation, verifier({ keyBinding: { audience, nonce: 'the next one', maxAgeMs: 300_000 } })),
      'ERR_CREDENTIAL_NONCE',
      'nonce',
    )
    await expectRefusal(verifySdJwtVc(await forgeProof({ payload: { nonce: undefined } }), verifier()), 'ERR_CREDENTIAL_NONCE', 'nonce')
  })

  test.each([
    ['of five minutes ago', { iat: (nowMs - 300_000) / 1000 }, undefined],
    ['a second older', { iat: (nowMs - 301_000) / 1000 }, 'ERR_CREDENTIAL_KEY_BINDING'],
    ['by a clock a minute ahead', { iat: (nowMs + 60_000) / 1000 }, undefined],
    ['a second further ahead', { iat: (nowMs + 61_000) / 1000 }, 'ERR_CREDENTIAL_KEY_BINDING'],
    ['without a time', { iat: undefined }, 'ERR_CREDENTIAL_MALFORMED'],
    ['that has expired itself', { exp: nowMs / 1000 }, 'ERR_CREDENTIAL_KEY_BINDING'],
    ['that is not valid yet itself', { nbf: (nowMs + 61_000) / 1000 }, 'ERR_CREDENTIAL_KEY_BINDING'],
  ] as const)('%s', async (_what, payload, code) => {
    const verifying = verifySdJwtVc(await forgeProof({ payload }), verifier())
    if (code === undefined) expect((await verifying).receipt.verdict).toBe('accepted')
    else await expectRefusal(verifying, code, 'presentation-age')
  })

  test('must be over what is presented: no disclosure added, removed or moved', async () => {
    const credential = await issue()
    const [jwt, ...all] = credential.split('~').slice(0, -1) as [string, ...string[]]
    const shown = await present(credential)
    const [, ...some] = contentOf(shown).split('~').slice(0, -1) as [string, ...string[]]
    const another = all.find(disclosure => !some.includes(disclosure))!
    for (const disclosures of [[...some, another], some.slice(1), [...some].reverse()]) {
      const altered = `${[jwt, ...disclosures].join('~')}~${proofOf(shown)}`
      await expectRefusal(verifySdJwtVc(altered, verifier()), 'ERR_CREDENTIAL_KEY_BINDING', 'presentation-content')
    }
    const elsewhere = proofOf(
      await presentSdJwt(credential, {
        disclose: [['birthDate']],
        keyBinding: { signer: holderSigner, audience, nonce, issuedAtMs: nowMs },
      }),
    )
    await expectRefusal(verifySdJwtVc(contentOf(shown) + elsewhere, verifier()), 'ERR_CREDENTIAL_KEY_BINDING', 'presentation-content')
  })

  test.each([
    ['as asked', ['a', 'b'], ['a', 'b'], undefined],
    ['in another order', ['b', 'a'], ['a', 'b'], 'ERR_CREDENTIAL_KEY_BINDING'],
    ['of one entry alone', ['a'], ['a', 'b'], 'ERR_CREDENTIAL_KEY_BINDING'],
    ['of an entry too many', ['a', 'b', 'c'], ['a', 'b'], 'ERR_CREDENTIAL_KEY_BINDING'],
    ['of nothing', undefined, ['a', 'b'], 'ERR_CREDENTIAL_KEY_BINDING'],
    ['that nobody asked for', ['a'], undefined, 'ERR_CREDENTIAL_KEY_BINDING'],
  ] as const)('may agree to a transaction: %s', async (_, agreed, asked, code) => {
    const shown = await present(await issue(), agreed === undefined ? {} : { transactionDataHashes: agreed })
    const keyBinding = { audience, nonce, maxAgeMs: 300_000, ...(asked === undefined ? {} : { transactionDataHashes: asked }) }
    const verified = verifySdJwtVc(shown, verifier({ keyBinding }))
    if (code === undefined) await expect(verified).resolves.toMatchObject({ issuer })
    else await expectRefusal(verified, code, 'presentation-content')
  })

  test('must be typed as a proof', async () => {
    await expectRefusal(verifySdJwtVc(await forgeProof({ type: 'JWT' }), verifier()), 'ERR_CREDENTIAL_TYPE', 'form')
  })
})

describe('disclosures', () => {
  const salt = new Uint8Array(16)
  const city = makeDisclosure(salt, 'city', 'A')
  const sameName = makeDisclosure(salt, 'city', 'B')
  const element = makeDisclosure(salt, undefined, 'C')

  test.each<[string, JsonObject, readonly Disclosure[], string]>([
    ['that stands twice', { _sd: [city.digest] }, [city, city], 'ERR_CREDENTIAL_DISCLOSURE'],
    ['that nothing refers to', { _sd: [] }, [city], 'ERR_CREDENTIAL_DISCLOSURE'],
    ['of another credential', { _sd: [digestOf('another')] }, [city], 'ERR_CREDENTIAL_DISCLOSURE'],
    ['whose digest stands twice in one place', { _sd: [city.digest, city.digest] }, [city], 'ERR_CREDENTIAL_DISCLOSURE'],
    ['whose digest stands in two places', { _sd: [city.digest], home: { _sd: [city.digest] } }, [city], 'ERR_CREDENTIAL_DISCLOSURE'],
    ['of a name that is there in the open', { city: 'X', _sd: [city.digest] }, [city], 'ERR_CREDENTIAL_DISCLOSURE'],
    ['of a name that another one takes', { _sd: [city.digest, sameName.digest] }, [city, sameName], 'ERR_CREDENTIAL_DISCLOSURE'],
    ["of an array's element in an object", { _sd: [element.digest] }, [element], 'ERR_CREDENTIAL_DISCLOSURE'],
    ["of an object's member in an array", { list: [{ '...': city.digest }] }, [city], 'ERR_CREDENTIAL_DISCLOSURE'],
    ['beside other members of an element', { list: [{ '...': element.digest, a: 1 }] }, [element], 'ERR_CREDENTIAL_MALFORMED'],
    ['outside of an array', { '...': element.digest }, [element], 'ERR_CREDENTIAL_MALFORMED'],
    ['in an element that is no text', { list: [{ '...': 1 }] }, [], 'ERR_CREDENTIAL_MALFORMED'],
    ['in a list that is no array', { _sd: city.digest }, [city], 'ERR_CREDENTIAL_MALFORMED'],
    ['in a list of other things', { _sd: [1] }, [], 'ERR_CREDENTIAL_MALFORMED'],
    [
      'of the expiry',
      { exp: undefined as unknown as Json, _sd: [makeDisclosure(salt, 'exp', 1).digest] },
      [makeDisclosure(salt, 'exp', 1)],
      'ERR_CREDENTIAL_DISCLOSURE',
    ],
    [
      'of the status',
      { _sd: [makeDisclosure(salt, 'status', {}).digest] },
      [makeDisclosure(salt, 'status', {})],
      'ERR_CREDENTIAL_DISCLOSURE',
    ],
    ['within the status', { aka_vcts: [{ '...': element.digest }] }, [element], 'ERR_CREDENTIAL_DISCLOSURE'],
  ])('refuses one %s', async (_what, members, disclosures, code) => {
    const shown = await presentPayload({ ...terms(), ...members }, kid, disclosures)
    await expectRefusal(verifySdJwtVc(shown, verifier()), code as 'ERR_CREDENTIAL_DISCLOSURE', 'disclosures')
  })

  test.each([
    ['one part', ['salt']],
    ['four parts', ['salt', 'a', 1, 2]],
    ['a salt that is no text', [1, 'a', 1]],
    ['a name that is no text', ['salt', 1, 1]],
    ['no array', { salt: 'a' }],
  ])('refuses one of %s', async (_what, parts) => {
    const text = btoa(JSON.stringify(parts)).replace(/=*$/, '')
    await expectRefusal(
      verifySdJwtVc(await presentPayload(terms(), kid, [{ ...city, text }]), verifier()),
      'ERR_CREDENTIAL_MALFORMED',
      'form',
    )
  })

  test.each(['_sd', '...', '_sd_alg', '__proto__'])('refuses one with the name %s', async name => {
    const disclosure = makeDisclosure(salt, name, [])
    await expectRefusal(
      verifySdJwtVc(await presentPayload({ ...terms(), _sd: [disclosure.digest] }, kid, [disclosure]), verifier()),
      'ERR_CREDENTIAL_DISCLOSURE',
      'form',
    )
  })

  test('that nest into one another deeper than 64 levels are refused', async () => {
    const disclosures: Disclosure[] = [makeDisclosure(salt, 'a', 1)]
    for (let level = 0; level < 65; level++) disclosures.unshift(makeDisclosure(salt, 'a', { _sd: [disclosures[0]!.digest] }))
    const payload = { ...terms(), _sd: [disclosures[0]!.digest] }
    await expectRefusal(
      verifySdJwtVc(await presentPayload(payload, kid, disclosures), verifier()),
      'ERR_CREDENTIAL_MALFORMED',
      'disclosures',
    )
    const onePlaceHigher = { ...terms(), _sd: [disclosures[1]!.digest] }
    expect((await verifySdJwtVc(await presentPayload(onePlaceHigher, kid, disclosures.slice(1)), verifier())).complete).toBe(true)
  })
})

test('refuses what is too large before it looks closer', async () => {
  await expectRefusal(verifySdJwtVc('~'.repeat(262_145), verifier()), 'ERR_CREDENTIAL_TOO_LARGE', 'form')
  await expectRefusal(verifySdJwtVc('~'.repeat(1026), verifier()), 'ERR_CREDENTIAL_TOO_LARGE', 'form')
})

test.each(['', '~', 'a', 'a~', '..~', `${presentation}~`, `~${presentation}`])('refuses a text that is no SD-JWT (%#)', async text => {
  await expectRefusal(verifySdJwtVc(text, verifier()), 'ERR_CREDENTIAL_MALFORMED', 'form')
})

/** Terms of a credential in order, to be bent. */
function terms(): JsonObject {
  return {
    iss: issuer,
    vct: credentialType,
    iat: nowMs / 1000 - 60,
    exp: nowMs / 1000 + 86_400,
    cnf: { jwk: { ...publicKeyToJwk(holderSigner.publicKey) } },
    _sd_alg: 'sha-256',
  }
}

/** Any payload and disclosures, truly signed by issuer and holder. */
async function presentPayload(
  payload: JsonObject,
  kidOfHeader: string | null = kid,
  disclosures: readonly Disclosure[] = [],
): Promise<string> {
  const jwt = await signJwt({ type: 'dc+sd-jwt', ...(kidOfHeader === null ? {} : { kid: kidOfHeader }), payload }, issuerSigner)
  const content = `${[jwt, ...disclosures.map(({ text }) => text)].join('~')}~`
  return content + (await signProof(content))
}

/** The presentation with another proof. */
async function forgeProof(options: Parameters<typeof signProof>[1]): Promise<string> {
  return contentOf(presentation) + (await signProof(contentOf(presentation), options))
}

function signProof(
  content: string,
  { signer = holderSigner, type = 'kb+jwt', payload = {} }: { signer?: typeof holderSigner; type?: string; payload?: object } = {},
): Promise<string> {
  return signJwt({ type, payload: { iat: nowMs / 1000, aud: audience, nonce, sd_hash: digestOf(content), ...payload } }, signer)
}

function contentOf(shown: string): string {
  return shown.slice(0, shown.lastIndexOf('~') + 1)
}

function proofOf(shown: string): string {
  return shown.slice(shown.lastIndexOf('~') + 1)
}
