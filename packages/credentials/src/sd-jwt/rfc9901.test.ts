import { publicKeyFromJwk } from '@hufu/keys'
import { expect, test } from 'vitest'
import vectors from '../../vectors/rfc9901.json' with { type: 'json' }
import { verifyJwt } from '../jose/verify-jwt.ts'
import { isJsonObject } from '../json-object.ts'
import { RuleLog } from '../rule-log.ts'
import { checkKeyBinding } from './check-key-binding.ts'
import { digestOf } from './disclosure.ts'
import { parseSdJwt } from './parse-sd-jwt.ts'
import { presentSdJwt } from './present-sd-jwt.ts'
import { reveal } from './reveal.ts'
import { expectRefusal } from './sd-jwt-fixture.ts'

const issuerKey = publicKeyFromJwk(vectors.issuerKey)

function typeOf(token: string): string {
  return JSON.parse(atob(token.split('.')[0]!)).typ
}

test.each(vectors.examples)('section $section: signature, disclosures and processed payload', async ({ token, expected }) => {
  const { jwt, disclosures } = parseSdJwt(token, { type: typeOf(token) })
  await verifyJwt(jwt, issuerKey)
  expect(reveal(jwt.payload, disclosures).claims).toEqual(expected)
})

test.each(vectors.examples.filter(({ keyBinding }) => keyBinding !== undefined))(
  'section $section: key binding',
  async ({ token, keyBinding }) => {
    const { audience, nonce, issuedAt, sdHash } = keyBinding!
    const { jwt, keyBinding: proof, content } = parseSdJwt(token, { type: typeOf(token) })
    expect(digestOf(content)).toBe(sdHash)
    if (!isJsonObject(jwt.payload.cnf) || proof === undefined) throw new Error('the example has a holder')
    await verifyJwt(proof, publicKeyFromJwk(jwt.payload.cnf.jwk))
    const log = new RuleLog(0)
    await checkKeyBinding(log, proof, digestOf(content), { audience, nonce, maxAgeMs: 0 }, { nowMs: issuedAt * 1000, clockSkewMs: 0 })
    expect(log.accepted().rules.map(({ rule }) => rule)).toEqual(['audience', 'nonce', 'presentation-age', 'presentation-content'])
  },
)

test('choosing the claims of A.3 gives the presentation of A.3, but for order and proof', async () => {
  const issued = vectors.examples.find(({ section }) => section === 'A.3 (issued)')!.token
  const presented = vectors.examples.find(({ section }) => section === 'A.3 (presented)')!.token
  const ours = await presentSdJwt(issued, { disclose: [['nationalities'], ['age_equal_or_over', '18']] })
  expect(ours.split('~').slice(0, -1).sort()).toEqual(presented.split('~').slice(0, -1).sort())
})

test('a presentation is no credential to present again', async () => {
  await expectRefusal(
    presentSdJwt(vectors.examples.find(({ section }) => section === 'A.3 (presented)')!.token, { disclose: [] }),
    'ERR_CREDENTIAL_MALFORMED',
  )
})
