import { generateSigner } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, bytesToHex, type Json } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { leafOfCredential } from '../attributes/zk-credential.ts'
import { type Scalar, scalarToBytes } from '../field/scalar-field.ts'
import type { Statement } from '../statement/statement.ts'
import { answerWithPreProved, preProveCredential, presentCredential } from './present-credential.ts'
import {
  compiled,
  fakeProver,
  freshNonce,
  type Holder,
  issuers,
  newSecret,
  policyOf,
  residentLayout,
  statementOf,
  World,
} from './presentation-fixture.ts'
import { verifyPresentation } from './verify-presentation.ts'

/** `CASES=10000` for the long run. */
const cases = Number(process.env.CASES ?? 150)
const repeatLength = 8

const city = ['990100', '990200']
const verifiers = ['did:neo:pilot:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc', 'did:neo:pilot:NNLi44dJNXtDNSBkofB48aTVYtb1zZrNEs'] as const

/** What the verifiers ask in turn: nothing that lasts, a pseudonym, a right for each case, something disclosed. */
function askedAt(index: number): Statement {
  const where = [
    { claim: 'birth_date', ageAtLeast: 18 },
    { claim: 'city_code', in: city },
  ]
  const kinds: readonly Statement[] = [
    statementOf(where),
    statementOf(where, { pseudonym: { purpose: 'account' } }),
    statementOf(where, { pseudonym: { purpose: 'ride', event: index } }),
    statementOf([...where, { claim: 'city_code', disclose: true }]),
  ]
  return kinds[index % kinds.length]!
}

/** Every value of a presentation as text that hides nothing in an encoding: bytes as hexadecimal, the rest as JSON. */
function valuesOf(json: Json, path = ''): readonly { path: string; value: string }[] {
  if (typeof json === 'string') return [{ path, value: asHex(json) ?? json }]
  if (typeof json !== 'object' || json === null) return [{ path, value: JSON.stringify(json) }]
  return Object.entries(json).flatMap(([name, member]) => valuesOf(member as Json, Array.isArray(json) ? path : `${path}.${name}`))
}

function asHex(text: string): string | undefined {
  try {
    const bytes = base64urlToBytes(text)
    return bytes.length >= 32 ? bytesToHex(bytes) : undefined
  } catch {
    return undefined
  }
}

test(`over ${cases} presentations by few holders, no value repeats but what was chosen to be shown`, { timeout: 3_600_000 }, async () => {
  const world = new World()
  const holders: Holder[] = Array.from({ length: 5 }, (_, index) =>
    world.issue(
      newSecret(),
      { name: `holder ${index}`, sex: '1', birth_date: '1990-02-28', city_code: city[index % 2]! },
      { issuer: (index % 2) as 0 | 1 },
    ),
  )
  /** What verifiers chose or the ledger published: it says nothing of who presents. */
  const isPublic = (path: string) =>
    /^\.(format|version|verifier|nonce|transaction|today)$|\.credentials\.(roots|statementHash)\b/.test(path)
  const seen = new Map<string, string>()
  const repeats: string[] = []
  /** Notes every run of eight bytes; `from` is the one that may repeat it. */
  const note = (hex: string, from: string) => {
    for (let start = 0; start + 2 * repeatLength <= hex.length; start += 2) {
      const run = hex.slice(start, start + 2 * repeatLength)
      const before = seen.get(run)
      if (before === undefined) seen.set(run, from)
      else if (before !== from) repeats.push(`${from} repeats ${before}`)
    }
  }
  // What the issuer knows: leaves, what it was given of the holder, claims as numbers.
  for (const [index, { secret, credential }] of holders.entries()) {
    for (const scalar of [leafOfCredential(credential, residentLayout, secret), credential.salt, secret, credential.blinding])
      note(bytesToHex(scalarToBytes(scalar as Scalar)), `issuer ${index}`)
  }

  for (let index = 0; index < cases; index++) {
    const holder = holders[index % holders.length]!
    const verifier = verifiers[Math.floor(index / 3) % 2]!
    const statement = askedAt(index)
    const text = await shownBy(world, holder, verifier, statement, index % 7 === 0)
    const pseudonym =
      statement.pseudonym === 'none' ? undefined : `${index % holders.length} ${verifier} ${JSON.stringify(statement.pseudonym)}`
    for (const { path, value } of valuesOf(JSON.parse(text) as Json)) {
      if (isPublic(path)) continue
      if (path === '.credentials.disclosed.city_code') expect(value).toBe(holder.credential.claims.city_code)
      else if (path === '.credentials.scope')
        note(value, statement.pseudonym === 'none' ? `case ${index}` : `${verifier} ${JSON.stringify(statement.pseudonym)}`)
      else if (path === '.credentials.nullifier' && pseudonym !== undefined) note(value, pseudonym)
      else if (/^\.(credentials\.(commitment|nullifier|prepare|show)|oneTimeKey\.(publicKey|signature))$/.test(path))
        note(value, `case ${index} ${path}`)
      else throw new Error(`a member that this test does not know: ${path}`)
    }
    // Nor does anything in it tell which of the issuers it was, or which leaf.
    const { roots, disclosed } = JSON.parse(text).credentials[0]
    expect(roots.issuers.map(({ issuer }: { issuer: string }) => issuer)).toEqual(issuers)
    expect(Object.keys(disclosed)).toEqual(statement.where.some(condition => 'disclose' in condition) ? ['city_code'] : [])
    expect(text).not.toContain(holder.credential.expires)
  }
  expect(repeats).toEqual([])
  expect(seen.size).toBeGreaterThan(cases * 400)
})

async function shownBy(world: World, holder: Holder, verifier: string, statement: Statement, isAhead: boolean): Promise<string> {
  const asked = compiled(statement)
  const { secret, credential } = holder
  const show = { credential, prepared: await world.prepare(holder, asked), statement: asked }
  const nonce = freshNonce()
  const policy = policyOf(world, nonce, statement, { challenge: { verifier, nonce }, acceptPreProved: true })
  const text = await (isAhead ? ahead() : presentCredential({ prover: fakeProver, secret, challenge: { verifier, nonce }, show }))
  await verifyPresentation(text, policy)
  return text

  async function ahead(): Promise<string> {
    const signer = await generateSigner('P-256')
    const item = await preProveCredential({ prover: fakeProver, secret, challenge: { verifier }, show, oneTimeKey: signer.publicKey })
    return answerWithPreProved(item, signer, nonce)
  }
}

test('finds a value that repeats', () => {
  const bytes = bytesToBase64url(new Uint8Array(32).fill(7))
  expect(valuesOf({ credentials: [{ commitment: bytes }], today: 'x' })).toEqual([
    { path: '.credentials.commitment', value: '07'.repeat(32) },
    { path: '.today', value: 'x' },
  ])
})
