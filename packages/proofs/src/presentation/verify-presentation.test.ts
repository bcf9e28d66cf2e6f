import { generateSigner } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, canonicalJson, type Json } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import type { ProofErrorCode } from '../errors.ts'
import { scalarFromBytes, scalarModulus, scalarToBytes } from '../field/scalar-field.ts'
import type { Condition, Statement } from '../statement/statement.ts'
import { presentationScope } from './binding.ts'
import { answerWithPreProved, preProveCredential, presentCredential } from './present-credential.ts'
import {
  adultInCity,
  checkFakeProofs,
  compiled,
  concessionLayout,
  concessionType,
  fakeProver,
  freshNonce,
  type Holder,
  issuers,
  newSecret,
  nowMs,
  policyOf,
  present,
  residentLayout,
  statementOf,
  today,
  verifier,
  World,
} from './presentation-fixture.ts'
import { PresentationError } from './presentation-receipt.ts'
import { type PresentationRule, presentationRules } from './presentation-rules.ts'
import { MemoryReplayStore } from './replay-store.ts'
import { type PresentationPolicy, type VerifiedPresentation, verifyPresentation } from './verify-presentation.ts'

const claims = { name: '张伟', sex: '1', birth_date: '1990-02-28', city_code: '990100' }
const world = new World()
const secret = newSecret()
const holder = world.issue(secret, claims)
const neighbour = world.issue(newSecret(), { ...claims, birth_date: '1985-07-01' }, { issuer: 1 })
const child = world.issue(secret, { ...claims, birth_date: '2015-01-01' })
const anonymous = world.issue(secret, { birth_date: claims.birth_date })
const shortLived = world.issue(secret, claims, { expires: today })

const statement = statementOf()
const nonce = freshNonce()
const text = await present(world, holder, nonce, statement)
const json = JSON.parse(text)

/** The presentation with members of its credential changed. */
function changed(change: Record<string, Json>, of = json): string {
  return canonicalJson({ ...of, credentials: [{ ...of.credentials[0], ...change }] })
}

/** base64url with one bit of the first byte flipped. */
function flipped(encoded: string): string {
  const bytes = base64urlToBytes(encoded)
  bytes[0]! ^= 1
  return bytesToBase64url(bytes)
}

async function expectRefusal(
  shown: string,
  policy: PresentationPolicy,
  code: ProofErrorCode,
  rule: PresentationRule,
): Promise<PresentationError> {
  const error = await verifyPresentation(shown, policy).then(
    () => 'it was accepted',
    (reason: unknown) => reason,
  )
  if (!(error instanceof PresentationError)) throw new Error(`expected ${code}`, { cause: error })
  const last = error.receipt.rules.at(-1)
  expect([error.code, last?.rule, last?.passed, error.receipt.verdict]).toEqual([code, rule, false, 'refused'])
  expect(error.receipt.rules.filter(({ passed }) => !passed)).toHaveLength(1)
  return error
}

describe('a presentation that is in order', () => {
  test('says that it holds, and nothing else', async () => {
    const verified = await verifyPresentation(text, policyOf(world, nonce, statement))
    expect(verified).toMatchObject({ credentialType: 'urn:hufu:resident', disclosed: {}, second: undefined, preProved: false })
    expect(verified.pseudonym).toBeUndefined()
    for (const claim of ['1990', '990100', '张伟', issuers[0]])
      expect(JSON.stringify({ ...verified, receipt: undefined })).not.toContain(claim)
  })

  test('has a receipt with every rule in the order of the rules, in both languages', async () => {
    const { receipt } = await verifyPresentation(text, policyOf(world, nonce, statement))
    expect(receipt.verdict).toBe('accepted')
    expect(receipt.verifiedAtMs).toBe(nowMs)
    const all = Object.keys(presentationRules)
    expect(receipt.rules.map(({ rule }) => rule)).toEqual(all.filter(rule => !['one-time-key', 'pair'].includes(rule)))
    for (const { rule, passed, text: words } of receipt.rules) {
      expect([passed, words]).toEqual([true, presentationRules[rule]])
      expect(words['zh-CN'] !== '' && words.en !== '').toBe(true)
    }
  })

  test('is some two kilobytes', () => {
    expect(text.length).toBeLessThan(2048)
  })

  test('discloses what was asked for', async () => {
    const asked = statementOf([...adultInCity, { claim: 'city_code', disclose: true }, { claim: 'name', disclose: true }])
    const shown = await present(world, holder, 'n', asked)
    const { disclosed, receipt } = await verifyPresentation(shown, policyOf(world, 'n', asked))
    expect(disclosed).toEqual({ city_code: '990100', name: '张伟' })
    expect(JSON.stringify(receipt)).not.toMatch(/990100|张伟/)
  })

  test('gives one pseudonym for one purpose, and unrelated ones for others, other events and other holders', async () => {
    const pseudonym = async (who: Holder, pseudonyms: Statement['pseudonym']) => {
      const asked = statementOf(adultInCity, { pseudonym: pseudonyms })
      return (await verifyPresentation(await present(world, who, 'n', asked), policyOf(world, 'n', asked))).pseudonym
    }
    const first = await pseudonym(holder, { purpose: 'account' })
    expect(await pseudonym(holder, { purpose: 'account' })).toBe(first)
    const others = [
      await pseudonym(holder, { purpose: 'loan' }),
      await pseudonym(holder, { purpose: 'account', event: 1 }),
      await pseudonym(holder, { purpose: 'account', event: 2 }),
      await pseudonym(neighbour, { purpose: 'account' }),
    ]
    expect(new Set([first, ...others]).size).toBe(5)
  })

  test('never has a nullifier twice where no pseudonym is wanted, even if the verifier repeats its nonce', async () => {
    const nullifiers = [text, await present(world, holder, nonce, statement)].map(shown => JSON.parse(shown).credentials[0].nullifier)
    expect(nullifiers[0]).not.toBe(nullifiers[1])
  })

  test.each<[string, readonly Condition[]]>([
    ['nothing but validity', []],
    ['four claims', ['name', 'sex', 'birth_date', 'city_code'].map(claim => ({ claim, disclose: true }))],
    ['a choice', [{ claim: 'sex', equals: '1' }]],
    ['the bounds themselves', [{ claim: 'birth_date', between: ['1990-02-28', '1990-02-28'] }]],
    ['eight values', [{ claim: 'city_code', in: ['1', '2', '3', '4', '5', '6', '7', '990100'] }]],
  ])('proves %s', async (_, where) => {
    const asked = statementOf(where)
    await verifyPresentation(await present(world, holder, 'n', asked), policyOf(world, 'n', asked))
  })
})

describe('a presentation is refused', () => {
  const policy = (changes: Partial<PresentationPolicy> = {}) => policyOf(world, nonce, statement, changes)

  test('by another verifier', async () => {
    const challenge = { verifier: 'did:neo:pilot:another', nonce }
    await expectRefusal(text, policy({ challenge }), 'ERR_PROOF_VERIFIER', 'verifier')
    // Renamed for that verifier, it is still bound to the first.
    await expectRefusal(canonicalJson({ ...json, verifier: challenge.verifier }), policy({ challenge }), 'ERR_PROOF_SCOPE', 'scope')
  })

  test('for another nonce', async () => {
    const challenge = { verifier, nonce: 'another' }
    await expectRefusal(text, policy({ challenge }), 'ERR_PROOF_NONCE', 'nonce')
    await expectRefusal(canonicalJson({ ...json, nonce: 'another' }), policy({ challenge }), 'ERR_PROOF_INVALID', 'show')
  })

  test('for another transaction, or for one where there was none', async () => {
    const challenge = { verifier, nonce, transaction: 'a'.repeat(64) }
    await expectRefusal(text, policy({ challenge }), 'ERR_PROOF_TRANSACTION', 'transaction')
    const moved = canonicalJson({ ...json, transaction: challenge.transaction })
    await expectRefusal(moved, policy({ challenge }), 'ERR_PROOF_INVALID', 'show')
    await expectRefusal(moved, policy(), 'ERR_PROOF_TRANSACTION', 'transaction')
  })

  test.each([
    ['the day before', '2026-11-22'],
    ['the day after', '2026-11-24'],
  ])('if it was made for %s', async (_, day) => {
    const shown = await present(world, holder, nonce, statement, day)
    await expectRefusal(shown, policy(), 'ERR_PROOF_DATE', 'date')
    await expectRefusal(canonicalJson({ ...JSON.parse(shown), today }), policy(), 'ERR_PROOF_INVALID', 'show')
  })

  test('from midnight in China on', async () => {
    const midnight = Date.parse('2026-11-24T00:00:00+08:00')
    const at = (ms: number) =>
      policy({ clock: { nowMs: () => ms }, findRoots: async () => ({ roots: world.published.roots, takenAtMs: ms, evidence: {} }) })
    await verifyPresentation(text, at(midnight - 1))
    await expectRefusal(text, at(midnight), 'ERR_PROOF_DATE', 'date')
  })

  test.each<[string, Partial<Statement>, ProofErrorCode, PresentationRule]>([
    ['an older age', { where: [{ claim: 'birth_date', ageAtLeast: 60 }, adultInCity[1]!] }, 'ERR_PROOF_STATEMENT', 'statement'],
    ['a lower age', { where: [{ claim: 'birth_date', ageAtLeast: 17 }, adultInCity[1]!] }, 'ERR_PROOF_STATEMENT', 'statement'],
    ['other cities', { where: [adultInCity[0]!, { claim: 'city_code', in: ['990100', '990300'] }] }, 'ERR_PROOF_STATEMENT', 'statement'],
    ['one claim more', { where: [...adultInCity, { claim: 'sex', equals: '1' }] }, 'ERR_PROOF_STATEMENT', 'statement'],
    ['one claim less', { where: [adultInCity[0]!] }, 'ERR_PROOF_STATEMENT', 'statement'],
    ['fresher roots', { maxRootAgeSeconds: 599 }, 'ERR_PROOF_STATEMENT', 'statement'],
    ['a pseudonym', { pseudonym: { purpose: 'account' } }, 'ERR_PROOF_SCOPE', 'scope'],
  ])('where the verifier asks for %s', async (_, change, code, rule) => {
    const asked = { ...statement, ...change }
    await expectRefusal(text, policyOf(world, nonce, asked), code, rule)
    // Whatever the presentation says of itself, it is checked against what the verifier asks.
    const commitment = scalarFromBytes(base64urlToBytes(json.credentials[0].commitment))
    const scope = bytesToBase64url(scalarToBytes(presentationScope(compiled(asked), verifier, commitment)))
    const adapted = changed({ statementHash: bytesToBase64url(compiled(asked).hash), ...(rule === 'scope' ? { scope } : {}) })
    if (!('maxRootAgeSeconds' in change)) await expectRefusal(adapted, policyOf(world, nonce, asked), 'ERR_PROOF_INVALID', 'show')
  })

  test('for another purpose or event', async () => {
    const asked = statementOf(adultInCity, { pseudonym: { purpose: 'ride', event: 7 } })
    const shown = await present(world, holder, nonce, asked)
    for (const pseudonym of ['none', { purpose: 'ride' }, { purpose: 'ride', event: 8 }, { purpose: 'walk', event: 7 }] as const)
      await expectRefusal(shown, policyOf(world, nonce, { ...asked, pseudonym }), 'ERR_PROOF_SCOPE', 'scope')
    await verifyPresentation(shown, policyOf(world, nonce, asked))
  })

  test('of another type', async () => {
    const concession = statementOf([], { credentialType: concessionType })
    await expectRefusal(text, policyOf(world, nonce, concession), 'ERR_PROOF_TYPE', 'type')
    const renamed = changed({
      roots: { ...json.credentials[0].roots, credentialType: concessionType },
      statementHash: bytesToBase64url(compiled(concession).hash),
    })
    const found = async () => ({ roots: world.published.roots, takenAtMs: nowMs, evidence: {} })
    await expectRefusal(renamed, policyOf(world, nonce, concession, { findRoots: found }), 'ERR_PROOF_INVALID', 'show')
  })

  test('with a disclosed value changed, left out, added or malformed', async () => {
    const asked = statementOf([...adultInCity, { claim: 'city_code', disclose: true }])
    const shown = JSON.parse(await present(world, holder, nonce, asked))
    const refusals: readonly [Record<string, Json>, ProofErrorCode, PresentationRule][] = [
      [{ city_code: '990200' }, 'ERR_PROOF_INVALID', 'show'],
      [{ city_code: '990300' }, 'ERR_PROOF_UNSATISFIED', 'disclosed'],
      [{ city_code: '0990100' }, 'ERR_PROOF_ATTRIBUTE', 'disclosed'],
      [{}, 'ERR_PROOF_STATEMENT', 'disclosed'],
      [{ city_code: '990100', sex: '1' }, 'ERR_PROOF_STATEMENT', 'disclosed'],
    ]
    for (const [disclosed, code, rule] of refusals)
      await expectRefusal(changed({ disclosed }, shown), policyOf(world, nonce, asked), code, rule)
    await expectRefusal(changed({ disclosed: { name: '张伟' } }), policy(), 'ERR_PROOF_STATEMENT', 'disclosed')
  })

  test('with roots that are older than the verifier accepts, by a millisecond', async () => {
    const takenAt = (takenAtMs: number) => policy({ findRoots: async () => ({ roots: world.published.roots, takenAtMs, evidence: {} }) })
    await verifyPresentation(text, takenAt(nowMs - 600_000))
    await expectRefusal(text, takenAt(nowMs - 600_001), 'ERR_PROOF_ROOT_AGE', 'root-age')
    await verifyPresentation(text, takenAt(nowMs + 60_000))
    await expectRefusal(text, takenAt(nowMs + 60_001), 'ERR_PROOF_ROOT_AGE', 'root-age')
  })

  test('with foreign roots', async () => {
    const { roots } = json.credentials[0]
    const [first, second] = roots.issuers
    const lists = [
      { ...roots, height: roots.height + 1 },
      { ...roots, issuers: [second, first] },
      { ...roots, issuers: [first] },
      { ...roots, issuers: [first, { ...second, rootIndex: 99 }] },
      { ...roots, issuers: [first, { ...second, issuer: 'did:neo:pilot:stranger' }] },
    ]
    for (const list of lists) await expectRefusal(changed({ roots: list }), policy(), 'ERR_PROOF_ROOT', 'roots')
    // A ledger with other roots under the same names.
    const others = { roots: world.published.roots.toReversed(), takenAtMs: nowMs, evidence: {} }
    await expectRefusal(text, policy({ findRoots: async () => others }), 'ERR_PROOF_INVALID', 'prepare')
    await expectRefusal(text, policy({ findRoots: async () => ({ ...others, roots: [] }) }), 'ERR_PROOF_ROOT', 'roots')
  })

  test.each<[string, (credential: Record<string, string>) => Record<string, Json>, PresentationRule, ProofErrorCode?]>([
    ['PREPARE changed', ({ prepare }) => ({ prepare: flipped(prepare!) }), 'prepare'],
    ['SHOW changed', ({ show }) => ({ show: flipped(show!) }), 'show'],
    ['PREPARE in place of SHOW', ({ prepare }) => ({ show: prepare! }), 'show'],
    ['SHOW in place of PREPARE', ({ show }) => ({ prepare: show! }), 'prepare'],
    ['another nullifier', ({ nullifier }) => ({ nullifier: flipped(nullifier!) }), 'show'],
    ['another commitment', ({ commitment }) => ({ commitment: flipped(commitment!) }), 'scope', 'ERR_PROOF_SCOPE'],
    ['another scope', ({ scope }) => ({ scope: flipped(scope!) }), 'scope', 'ERR_PROOF_SCOPE'],
    [
      'another hash of the statement',
      ({ statementHash }) => ({ statementHash: flipped(statementHash!) }),
      'statement',
      'ERR_PROOF_STATEMENT',
    ],
  ])('with %s', async (_, change, rule, code = 'ERR_PROOF_INVALID') => {
    await expectRefusal(changed(change(json.credentials[0])), policy(), code, rule)
  })

  test('with PREPARE and SHOW of different commitments', async () => {
    const asked = statementOf(adultInCity, { pseudonym: { purpose: 'account' } })
    const [one, other] = [JSON.parse(await present(world, holder, nonce, asked)), JSON.parse(await present(world, holder, nonce, asked))]
    const { commitment, prepare, show } = other.credentials[0]
    const itsPolicy = () => policyOf(world, nonce, asked)
    await verifyPresentation(canonicalJson(one), itsPolicy())
    await expectRefusal(changed({ prepare }, one), itsPolicy(), 'ERR_PROOF_INVALID', 'prepare')
    await expectRefusal(changed({ show }, one), itsPolicy(), 'ERR_PROOF_INVALID', 'show')
    await expectRefusal(changed({ commitment }, one), itsPolicy(), 'ERR_PROOF_INVALID', 'prepare')
    await expectRefusal(changed({ commitment, prepare }, one), itsPolicy(), 'ERR_PROOF_INVALID', 'show')
  })

  test('with SHOW for slots in another order', async () => {
    const asked = compiled(statement)
    const swapped = { ...asked, claims: asked.claims.toReversed(), slots: [5, 4, 0, 0] as const }
    const prepared = await world.prepare(holder, swapped)
    const withMeta = { ...swapped, meta: prepared.meta }
    const challenge = { verifier, nonce }
    const show = { credential: holder.credential, prepared, statement: withMeta }
    const shown = await presentCredential({ prover: fakeProver, secret, challenge, show })
    await expectRefusal(shown, policy(), 'ERR_PROOF_INVALID', 'show')
  })

  test('when it comes again', async () => {
    const shared = policy()
    await verifyPresentation(text, shared)
    await expectRefusal(text, shared, 'ERR_PROOF_NONCE', 'once')
  })

  test('with a commitment that was shown before', async () => {
    const asked = compiled(statement)
    const prepared = await world.prepare(holder, asked)
    const show = { credential: holder.credential, prepared, statement: asked }
    const replay = new MemoryReplayStore(() => nowMs)
    const shown = (itsNonce: string) => presentCredential({ prover: fakeProver, secret, challenge: { verifier, nonce: itsNonce }, show })
    await verifyPresentation(await shown('n1'), policyOf(world, 'n1', statement, { replay }))
    await expectRefusal(await shown('n2'), policyOf(world, 'n2', statement, { replay }), 'ERR_PROOF_REPLAYED', 'once')
  })

  test('for a right that was used, and for no other', async () => {
    const replay = new MemoryReplayStore(() => nowMs)
    const use = async (who: Holder, pseudonym: Statement['pseudonym'], itsNonce = freshNonce()) => {
      const asked = statementOf(adultInCity, { pseudonym })
      return [await present(world, who, itsNonce, asked), policyOf(world, itsNonce, asked, { replay })] as const
    }
    const ride = { purpose: 'ride', event: 'today' } as const
    await verifyPresentation(...(await use(holder, ride)))
    await expectRefusal(...(await use(holder, ride)), 'ERR_PROOF_SPENT', 'once')
    await verifyPresentation(...(await use(neighbour, ride)))
    await verifyPresentation(...(await use(holder, { purpose: 'ride', event: 1 })))
    // A pseudonym without an event may come as often as its holder.
    await verifyPresentation(...(await use(holder, { purpose: 'ride' })))
    await verifyPresentation(...(await use(holder, { purpose: 'ride' })))
  })

  test('without using up nonce, commitment or right', async () => {
    const asked = statementOf(adultInCity, { pseudonym: { purpose: 'ride', event: 1 } })
    const shown = await present(world, holder, 'n', asked)
    const shared = policyOf(world, 'n', asked)
    const damaged = changed({ show: flipped(JSON.parse(shown).credentials[0].show) }, JSON.parse(shown))
    await expectRefusal(damaged, shared, 'ERR_PROOF_INVALID', 'show')
    await verifyPresentation(shown, shared)
  })

  test('as undecided if ledger, checker or store do not answer', async () => {
    const fails = async () => {
      throw new Error('no answer')
    }
    await expectRefusal(text, policy({ findRoots: fails }), 'ERR_PROOF_LOOKUP', 'roots')
    await expectRefusal(text, policy({ checkProofs: fails }), 'ERR_PROOF_LOOKUP', 'prepare')
    await expectRefusal(text, policy({ replay: { recordOnce: fails } }), 'ERR_PROOF_LOOKUP', 'once')
  })

  test('with the code that the proof checker gives', async () => {
    const checkProofs = async () => [undefined, 'ERR_PROOF_POINT'] as const
    await expectRefusal(text, policy({ checkProofs }), 'ERR_PROOF_POINT', 'show')
    await expect(verifyPresentation(text, policy({ checkProofs: async () => [] }))).rejects.toThrow(TypeError)
  })
})

describe('a wallet does not prove', () => {
  const show = async (who: Holder, asked: Statement, day = today) => present(world, who, 'n', asked, day)

  test('what is not so', async () => {
    await expect(show(child, statement)).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
    await expect(show(anonymous, statement)).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
    await expect(show(anonymous, statementOf([{ claim: 'name', disclose: true }]))).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
  })

  test('with a credential after its last day', async () => {
    await verifyPresentation(await show(shortLived, statement), policyOf(world, 'n', statement))
    await expect(show(shortLived, statement, '2026-11-24')).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
  })

  test('with a credential that was revoked, or with a root from before', async () => {
    const town = new World()
    const resident = town.issue(secret, claims)
    const before = town.published
    const asked = compiled(statement)
    const prepared = await town.prepare(resident, asked)
    town.revoke(resident)
    await expect(town.prepare(resident, asked)).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
    // What was prepared before holds for as long as the verifier takes roots of then.
    const challenge = { verifier, nonce: 'n' }
    const shown = await presentCredential({
      prover: fakeProver,
      secret,
      challenge,
      show: { credential: resident.credential, prepared, statement: asked },
    })
    await expectRefusal(shown, policyOf(town, 'n', statement, { findRoots: async () => null }), 'ERR_PROOF_ROOT', 'roots')
    const late = { roots: before.roots, takenAtMs: nowMs - 600_001, evidence: {} }
    await expectRefusal(shown, policyOf(town, 'n', statement, { findRoots: async () => late }), 'ERR_PROOF_ROOT_AGE', 'root-age')
  })

  test('with an item of another credential or for other slots', async () => {
    const prepared = await world.prepare(holder, compiled(statement))
    const attempt = (credential: Holder['credential'], asked: Statement) =>
      presentCredential({
        prover: fakeProver,
        secret,
        challenge: { verifier, nonce: 'n' },
        show: { credential, prepared, statement: compiled(asked) },
      })
    await expect(attempt(neighbour.credential, statement)).rejects.toMatchObject({ code: 'ERR_PROOF_INPUT' })
    await expect(attempt(holder.credential, statementOf([]))).rejects.toMatchObject({ code: 'ERR_PROOF_INPUT' })
    const concession = statementOf([], { credentialType: concessionType })
    await expect(attempt(holder.credential, concession)).rejects.toMatchObject({ code: 'ERR_PROOF_TYPE' })
  })

  test("with another's secret", async () => {
    const prepared = await world.prepare(holder, compiled(statement))
    const thief = { prover: fakeProver, secret: newSecret(), challenge: { verifier, nonce: 'n' } }
    const attempt = presentCredential({ ...thief, show: { credential: holder.credential, prepared, statement: compiled(statement) } })
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
    await expect(world.prepare({ ...holder, secret: newSecret() }, compiled(statement))).rejects.toMatchObject({ code: 'ERR_PROOF_TREE' })
  })
})

describe('a presentation made ahead', () => {
  const asked = compiled(statement)
  const gate = (itsNonce: string, changes: Partial<PresentationPolicy> = {}) =>
    policyOf(world, itsNonce, statement, { acceptPreProved: true, ...changes })

  async function ahead() {
    const signer = await generateSigner('P-256')
    const prepared = await world.prepare(holder, asked)
    const show = { credential: holder.credential, prepared, statement: asked }
    return {
      signer,
      item: await preProveCredential({ prover: fakeProver, secret, challenge: { verifier }, show, oneTimeKey: signer.publicKey }),
    }
  }

  test('answers a nonce that was not known then', async () => {
    const { signer, item } = await ahead()
    const verified = await verifyPresentation(await answerWithPreProved(item, signer, 'n'), gate('n'))
    expect(verified.preProved).toBe(true)
    expect(verified.receipt.rules.map(({ rule }) => rule)).toContain('one-time-key')
  })

  test('is refused where the verifier does not take such', async () => {
    const { signer, item } = await ahead()
    await expectRefusal(await answerWithPreProved(item, signer, 'n'), policyOf(world, 'n', statement), 'ERR_PROOF_ONE_TIME_KEY', 'nonce')
  })

  test('is refused with a signature over another nonce, by another key, or for another verifier', async () => {
    const { signer, item } = await ahead()
    const stranger = await generateSigner('P-256')
    const good = JSON.parse(await answerWithPreProved(item, signer, 'n'))
    const elsewhere = JSON.parse(await answerWithPreProved({ ...item, draft: { ...item.draft, verifier: 'did:neo:pilot:x' } }, signer, 'n'))
    const refusals = [
      await answerWithPreProved(item, stranger, 'n'),
      canonicalJson({ ...JSON.parse(await answerWithPreProved(item, signer, 'm')), nonce: 'n' }),
      canonicalJson({ ...good, oneTimeKey: elsewhere.oneTimeKey }),
      canonicalJson({ ...good, oneTimeKey: { ...good.oneTimeKey, publicKey: bytesToBase64url(new Uint8Array(33)) } }),
    ]
    for (const shown of refusals) await expectRefusal(shown, gate('n'), 'ERR_PROOF_ONE_TIME_KEY', 'one-time-key')
  })

  test("is bound to its key: another's signature does not carry it, nor does it pass as one made now", async () => {
    const { signer, item } = await ahead()
    const stranger = await generateSigner('P-256')
    const stolen = await answerWithPreProved({ ...item, publicKey: stranger.publicKey.bytes }, stranger, 'n')
    await expectRefusal(stolen, gate('n'), 'ERR_PROOF_INVALID', 'show')
    const { oneTimeKey: _, ...bare } = JSON.parse(await answerWithPreProved(item, signer, 'n'))
    await expectRefusal(canonicalJson(bare), gate('n'), 'ERR_PROOF_INVALID', 'show')
  })

  test('is refused the second time, whatever the nonce', async () => {
    const { signer, item } = await ahead()
    const replay = new MemoryReplayStore(() => nowMs)
    await verifyPresentation(await answerWithPreProved(item, signer, 'n1'), gate('n1', { replay }))
    await expectRefusal(await answerWithPreProved(item, signer, 'n2'), gate('n2', { replay }), 'ERR_PROOF_REPLAYED', 'once')
  })
})

describe('two credentials of one holder', () => {
  const town = new World(concessionType)
  const concession = town.issue(secret, { fare_percent: 50, city_code: '990100' })
  const elsewhere = town.issue(secret, { fare_percent: 50, city_code: '990200' })
  const asks = {
    resident: statementOf([adultInCity[0]!]),
    concession: statementOf([{ claim: 'fare_percent', atMost: 50 }], { credentialType: concessionType }),
  }
  const equal = [['city_code', 'city_code']] as const
  const findRoots = async (list: Parameters<PresentationPolicy['findRoots']>[0]) =>
    (list.credentialType === concessionType ? town : world).findRoots(list)
  const policy = (changes: Partial<PresentationPolicy> = {}) =>
    policyOf(world, 'n', asks.resident, {
      pairWith: { statement: asks.concession, layout: concessionLayout, equal },
      findRoots,
      ...changes,
    })

  async function pair(second: Holder, first: Holder = holder, equalCount = 1, prover = fakeProver): Promise<string> {
    const [one, other] = [compiled(asks.resident, today, ['city_code']), compiled(asks.concession, today, ['city_code'])]
    const show = { credential: first.credential, prepared: await world.prepare(first, one), statement: one }
    const pairWith = { credential: second.credential, prepared: await town.prepare(second, other), statement: other, equalCount }
    return presentCredential({ prover, secret: first.secret, challenge: { verifier, nonce: 'n' }, show, pairWith })
  }

  test('are shown together, equal in what was asked', async () => {
    const verified: VerifiedPresentation = await verifyPresentation(await pair(concession), policy())
    expect(verified.second?.credentialType).toBe(concessionType)
    expect(verified.receipt.rules.filter(({ rule }) => rule === 'show').map(({ credential }) => credential)).toEqual([0, 1])
    expect(verified.receipt.rules.map(({ rule }) => rule)).toContain('pair')
  })

  test('cannot be, of two holders or unequal', async () => {
    const other = town.issue(newSecret(), { fare_percent: 50, city_code: '990100' })
    await expect(pair(elsewhere)).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
    // The other's secret is not ours: the pool item of their wallet opens with theirs only.
    await expect(pair(other)).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
  })

  test('are refused without their proof, with another one, or where equality was not proven', async () => {
    const shown = JSON.parse(await pair(concession))
    const { pair: _, ...without } = shown
    await expectRefusal(canonicalJson(without), policy(), 'ERR_PROOF_ENCODING', 'form')
    await expectRefusal(canonicalJson({ ...shown, pair: flipped(shown.pair) }), policy(), 'ERR_PROOF_INVALID', 'pair')
    await expectRefusal(await pair(elsewhere, holder, 0), policy(), 'ERR_PROOF_INVALID', 'pair')
    await expectRefusal(canonicalJson({ ...shown, credentials: shown.credentials.toReversed() }), policy(), 'ERR_PROOF_TYPE', 'type')
  })

  test('are refused where one was asked, and one where two were', async () => {
    await expectRefusal(await pair(concession), policyOf(world, 'n', asks.resident), 'ERR_PROOF_INPUT', 'count')
    await expectRefusal(await present(world, holder, 'n', asks.resident), policy(), 'ERR_PROOF_INPUT', 'count')
  })

  test('cannot be one commitment twice', async () => {
    const shown = JSON.parse(await pair(concession))
    const [first] = shown.credentials
    const twice = canonicalJson({ ...shown, credentials: [first, first] })
    const same = { statement: asks.resident, layout: residentLayout, equal: [['city_code', 'city_code']] as const }
    const checkProofs: PresentationPolicy['checkProofs'] = async proofs => proofs.map(() => undefined)
    await expectRefusal(twice, policy({ pairWith: same, checkProofs }), 'ERR_PROOF_REPLAYED', 'once')
  })

  test('cannot be asked to be equal in what does not compare', async () => {
    const layout = concessionLayout
    for (const [one, other] of [
      ['birth_date', 'city_code'],
      ['sex', 'city_code'],
      ['height', 'city_code'],
    ] as const)
      await expect(
        verifyPresentation('{}', policy({ pairWith: { statement: asks.concession, layout, equal: [[one, other]] } })),
      ).rejects.toMatchObject({ code: 'ERR_PROOF_STATEMENT' })
  })
})

describe('form of a presentation', () => {
  const policy = () => policyOf(world, nonce, statement)
  const order = scalarToBytes(scalarModulus)

  test.each<[string, string, ProofErrorCode?]>([
    ['no JSON', text.slice(1)],
    ['white space', `${text} `],
    ['members in another order', JSON.stringify({ version: 1, ...json })],
    ['a name twice', text.replace('{', '{"format":"hufu_zk",')],
    ['another format', canonicalJson({ ...json, format: 'dc+sd-jwt' })],
    ['another version', canonicalJson({ ...json, version: 2 })],
    ['a member too many', canonicalJson({ ...json, hint: 'x' })],
    ['a member too few', canonicalJson({ ...json, today: undefined })],
    ['a verifier that is no DID', canonicalJson({ ...json, verifier: 'bank' })],
    ['an empty nonce', canonicalJson({ ...json, nonce: '' })],
    ['a nonce of 129 characters', canonicalJson({ ...json, nonce: 'x'.repeat(129) })],
    ['a day that does not exist', canonicalJson({ ...json, today: '2026-02-30' })],
    ['no credential', canonicalJson({ ...json, credentials: [] })],
    ['three credentials', canonicalJson({ ...json, credentials: new Array(3).fill(json.credentials[0]) })],
    ['a pair proof of one', canonicalJson({ ...json, pair: json.credentials[0].show })],
    ['a proof of 191 bytes', changed({ show: json.credentials[0].show.slice(0, -1) })],
    ['a proof of 193 bytes', changed({ show: `${json.credentials[0].show}AA` })],
    ['padding', changed({ commitment: `${json.credentials[0].commitment}=` })],
    ['a commitment in hexadecimal', changed({ commitment: '00'.repeat(32) })],
    ['a commitment of r', changed({ commitment: bytesToBase64url(order) }), 'ERR_PROOF_SCALAR'],
    ['a nullifier of r', changed({ nullifier: bytesToBase64url(order) }), 'ERR_PROOF_SCALAR'],
    ['a scope of r', changed({ scope: bytesToBase64url(order) }), 'ERR_PROOF_SCALAR'],
    [
      'nine issuers',
      changed({
        roots: {
          ...json.credentials[0].roots,
          issuers: Array.from({ length: 9 }, (_, index) => ({ issuer: `did:x:${index}`, rootIndex: 1 })),
        },
      }),
    ],
    [
      'an issuer twice',
      changed({ roots: { ...json.credentials[0].roots, issuers: new Array(2).fill(json.credentials[0].roots.issuers[0]) } }),
    ],
    ['no issuer', changed({ roots: { ...json.credentials[0].roots, issuers: [] } })],
    ['a height of −1', changed({ roots: { ...json.credentials[0].roots, height: -1 } })],
    ['a disclosed object', changed({ disclosed: { name: {} } })],
    ['a key without signature', canonicalJson({ ...json, oneTimeKey: { publicKey: bytesToBase64url(new Uint8Array(33)) } })],
    ['too many characters', changed({ disclosed: { name: 'x'.repeat(16_384) } }), 'ERR_PROOF_LIMIT'],
  ])('is refused with %s', async (_, shown, code = 'ERR_PROOF_ENCODING') => {
    await expectRefusal(shown, policy(), code, 'form')
  })

  test('is refused with any one character changed', async () => {
    // Every place once, each with another character of its kind.
    const step = Number(process.env.CASES ?? 0) > 0 ? 1 : 37
    for (let index = 0; index < text.length; index += step) {
      const other = text[index] === 'A' ? 'B' : 'A'
      await expect(verifyPresentation(text.slice(0, index) + other + text.slice(index + 1), policy())).rejects.toBeInstanceOf(
        PresentationError,
      )
    }
  })
})

test('the fake checker refuses what was not proven', async () => {
  expect(await checkFakeProofs([{ circuit: 'show', proof: new Uint8Array(192), publicInputs: [1n] }])).toEqual(['ERR_PROOF_INVALID'])
})
