import { type Json, randomBytes } from '@hufu/primitives'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signJwt } from '../jose/sign-jwt.ts'
import type { JsonObject } from '../json-object.ts'
import type { ClaimPath } from './claim-path.ts'
import { conceal } from './conceal.ts'
import { openClaims } from './credential-terms.ts'
import { parseDisclosure, reservedNames } from './disclosure.ts'
import { parseSdJwt } from './parse-sd-jwt.ts'
import { presentSdJwt } from './present-sd-jwt.ts'
import { reveal } from './reveal.ts'
import { claims, expectRefusal, holderSigner, issue, strangerSigner, verifier } from './sd-jwt-fixture.ts'
import { verifySdJwtVc } from './verify-sd-jwt-vc.ts'

const refused = [...reservedNames, ...openClaims]
const name = fc.string({ maxLength: 8 }).filter(text => !refused.includes(text))
const { value } = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}))
const anyClaims = fc.dictionary(name, value, { maxKeys: 5 })

/** Some of the places of claims, chosen by `keep`. */
function placesOf(from: Json, keep: () => boolean, at: ClaimPath = []): ClaimPath[] {
  if (typeof from !== 'object' || from === null) return []
  const steps = Array.isArray(from) ? from.map((_, index) => index) : Object.keys(from)
  return steps.flatMap(step => [
    ...(keep() ? [[...at, step]] : []),
    ...placesOf((from as Record<string | number, Json>)[step]!, keep, [...at, step]),
  ])
}

test('what is concealed anywhere, with decoys, is revealed by all disclosures, and is gone without them', () => {
  fc.assert(
    fc.property(anyClaims, fc.nat(2), fc.infiniteStream(fc.boolean()), (original, decoys, choices) => {
      const disclosable = placesOf(original, () => choices.next().value)
      const { payload, disclosures } = conceal(original, { disclosable, decoys, random: randomBytes })
      const { claims: revealed, placed, complete } = reveal(payload, disclosures)
      expect(revealed).toEqual(original)
      expect(placed).toHaveLength(disclosable.length)
      expect(complete).toBe(decoys === 0 || disclosable.length === 0)
      const topLevel = disclosable.filter(path => path.length === 1).map(([step]) => String(step))
      expect(Object.keys(reveal(payload, []).claims).sort()).toEqual(
        Object.keys(original)
          .filter(member => !topLevel.includes(member))
          .sort(),
      )
    }),
  )
})

test('a holder that shows some places shows these, their surroundings and what is beneath, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(anyClaims, fc.infiniteStream(fc.boolean()), async (original, choices) => {
      const places = placesOf(original, () => true)
      const credential = await issue({ claims: original, disclosable: places })
      const disclose = placesOf(original, () => choices.next().value)
      const { placed } = reveal(...partsOf(await presentSdJwt(credential, { disclose })))
      const related = places.filter(place =>
        disclose.some(path => path.every((step, depth) => depth >= place.length || place[depth] === step)),
      )
      expect(placed).toHaveLength(related.length)
    }),
    { numRuns: 40 },
  )
})

function partsOf(text: string): [JsonObject, ReturnType<typeof parseSdJwt>['disclosures']] {
  const { jwt, disclosures } = parseSdJwt(text)
  return [jwt.payload, disclosures]
}

describe('choosing what to show', () => {
  const everyPlace = [
    ['name'],
    ['birthDate'],
    ['address'],
    ['address', 'city'],
    ['address', 'street'],
    ['nationalities'],
    ['nationalities', null],
  ]

  test.each<[ClaimPath, JsonObject]>([
    [['name'], { name: claims.name }],
    [['address'], { address: claims.address }],
    [['address', 'city'], { address: { city: claims.address.city } }],
    [['nationalities', null], { nationalities: claims.nationalities }],
    [['nationalities', 1], { nationalities: [claims.nationalities[1]!] }],
    [[], claims],
  ])('%j', async (path, expected) => {
    const shown = await presentSdJwt(await issue({ disclosable: everyPlace, decoys: 1 }), { disclose: [path] })
    expect((await verifySdJwtVc(shown, verifier({ keyBinding: 'none' }))).claims).toEqual(expected)
  })

  test('nothing shows nothing', async () => {
    const shown = await presentSdJwt(await issue(), { disclose: [] })
    expect((await verifySdJwtVc(shown, verifier({ keyBinding: 'none' }))).claims).toEqual({})
  })

  test('what is always visible may be named, what is not there is refused', async () => {
    const credential = await issue({ disclosable: [['name']] })
    expect((await presentSdJwt(credential, { disclose: [['address', 'city']] })).split('~')).toHaveLength(2)
    for (const path of [['phone'], ['name', 'first'], ['nationalities', 2], ['name', null], ['address', 0]]) {
      await expectRefusal(presentSdJwt(credential, { disclose: [path] }), 'ERR_CREDENTIAL_DISCLOSURE')
    }
  })

  test("only the holder's own key can make the proof", async () => {
    const keyBinding = { audience: 'a', nonce: 'n', issuedAtMs: 0 }
    await expectRefusal(
      presentSdJwt(await issue(), { disclose: [], keyBinding: { ...keyBinding, signer: strangerSigner } }),
      'ERR_CREDENTIAL_KEY_BINDING',
    )
    const unbound = `${await signJwt({ type: 'dc+sd-jwt', payload: {} }, strangerSigner)}~`
    await expectRefusal(
      presentSdJwt(unbound, { disclose: [], keyBinding: { ...keyBinding, signer: holderSigner } }),
      'ERR_CREDENTIAL_KEY_BINDING',
    )
  })
})

describe('issuing', () => {
  test('refuses claims that bear the names of terms or of the format', async () => {
    for (const bad of [
      { iss: 'x' },
      { cnf: {} },
      { exp: 1 },
      { 'vct#integrity': 'x' },
      { _sd: [] },
      { a: { '...': 'x' } },
      { a: [{ _sd_alg: 'x' }] },
      JSON.parse('{"__proto__":1}'),
    ]) {
      await expectRefusal(issue({ claims: bad }), 'ERR_CREDENTIAL_MALFORMED')
    }
  })

  test("refuses a key of another DID than the issuer's", async () => {
    await expectRefusal(issue({ kid: 'did:neo:pilot:another#key-1' }), 'ERR_CREDENTIAL_ISSUER_MISMATCH')
    await expectRefusal(issue({ kid: 'key-1' }), 'ERR_CREDENTIAL_ISSUER_MISMATCH')
  })

  test('salts every disclosure with 128 bits of its own and sorts the digests', async () => {
    const { jwt, disclosures } = parseSdJwt(await issue({ claims: { a: 1, b: 1, c: 1, d: 1 }, decoys: 3 }))
    const salts = disclosures.map(({ text }) => JSON.parse(atob(text))[0])
    expect(new Set(salts).size).toBe(4)
    expect(salts.every(salt => /^[\w-]{22}$/.test(salt))).toBe(true)
    const digests = jwt.payload._sd as string[]
    expect(digests).toHaveLength(7)
    expect(digests).toEqual([...digests].sort())
  })

  test('two copies of one credential share nothing but the terms', async () => {
    const [first, second] = await Promise.all([issue(), issue()])
    const seen = new Set(partsOf(first!)[0]._sd as string[])
    expect((partsOf(second!)[0]._sd as string[]).some(digest => seen.has(digest))).toBe(false)
  })

  test('puts integrity, status and times in their places', async () => {
    const credential = await issue({
      typeIntegrity: 'sha256-AAAA',
      notBeforeMs: 1999,
      status: { uri: 'https://issuer.example/lists/1', index: 7 },
    })
    expect(partsOf(credential)[0]).toMatchObject({
      'vct#integrity': 'sha256-AAAA',
      nbf: 1,
      status: { status_list: { idx: 7, uri: 'https://issuer.example/lists/1' } },
    })
  })
})

test('a disclosure of the RFC has the digest of the RFC (RFC 9901 §4.2.3)', () => {
  expect(parseDisclosure('WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0')).toMatchObject({
    digest: 'X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0',
    name: 'family_name',
    value: 'Möbius',
  })
})
