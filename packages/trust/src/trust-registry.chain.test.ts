import { identifiers } from '@hufu/bindings'
import { type Account, singleAccount, type Write } from '@hufu/ledger'
import { canonicalJsonBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accreditIssuer } from './accredit-issuer.ts'
import { addAuthority } from './add-authority.ts'
import { addInstitution } from './add-institution.ts'
import { type GrantChange, reinstateGrant, renewGrant, revokeGrant, suspendGrant } from './change-grant.ts'
import { mayAsk, mayIssue } from './find-right.ts'
import { type GrantKey, grantReasons } from './grant.ts'
import { ledgerTrustSource } from './ledger-trust-source.ts'
import { registerCredentialType } from './register-credential-type.ts'
import { registerQuery } from './register-query.ts'
import type { TrustLedger } from './submit-trust-call.ts'
import { validateClaims } from './validate-claims.ts'

const network = await startTestNetwork({ validators: 1 })
const ledger: TrustLedger = { client: network.ledger, network: network.descriptor }
/** Writes as the council. */
const founding: TrustLedger = { client: network.founding, network: network.descriptor }
const source = ledgerTrustSource(network.ledger, network.descriptor)
const committee = network.committee
const sponsor = committee
const council = network.descriptor.contracts.council.hash
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['level'],
  properties: { level: { type: 'integer' } },
}
const texts = { 'zh-CN': '开户', en: 'Opening an account' }
const content = { dcql: { credentials: [] }, purpose: texts, legalBasis: texts, retentionDays: 30 }
let bureau: Account
let stranger: Account

beforeAll(async () => {
  bureau = await registered('bureau')
  stranger = await registered('stranger')
  await at(addAuthority(founding, { authority: bureau.scriptHash, region: '990100', account: committee }))
  await at(registerCredentialType(founding, { typeId: 'resident', version: 1, schema, account: committee }))
})

afterAll(() => network.stop())

/** An account whose identifier is registered. */
async function registered(name: string): Promise<Account> {
  const account = singleAccount(await fixedSigner(`trust: ${name}`))
  const call = identifiers(network.descriptor.contracts.identifiers.hash).register({
    identifier: account.scriptHash,
    document: utf8ToBytes('{}'),
    recovery: null,
    recoveryDelayMs: 0n,
  })
  await (await network.ledger.submit([call], { account, sponsor, idempotencyKey: name })).inBlock()
  return account
}

/** Time of the block that a write is in. */
async function at(write: Promise<Write>): Promise<number> {
  return (await (await write).inBlock()).blockTimeMs
}

async function institution(name: string): Promise<Account> {
  const account = await registered(name)
  await at(
    addInstitution(ledger, { authority: bureau.scriptHash, institution: account.scriptHash, kind: 'bank', account: bureau, sponsor }),
  )
  return account
}

function byBureau(grant: GrantKey, attempt: string): GrantChange & { reason: number } {
  return { grant, actor: bureau.scriptHash, account: bureau, sponsor, attempt, reason: grantReasons.underInquiry }
}

function byCouncil(grant: GrantKey, attempt: string): GrantChange & { reason: number } {
  return { ...byBureau(grant, attempt), actor: council, account: committee }
}

test('a right counts from the millisecond it was given until it is suspended, and again when reinstated', async () => {
  const { scriptHash: subject } = await institution('issuer')
  const grant: GrantKey = { kind: 'issue', subject, name: 'resident' }
  const givenMs = await at(
    accreditIssuer(ledger, { authority: bureau.scriptHash, institution: subject, typeId: 'resident', account: bureau, sponsor }),
  )
  const suspendedMs = await at(suspendGrant(ledger, byBureau(grant, '1')))
  const reinstatedMs = await at(reinstateGrant(ledger, { ...byBureau(grant, '1'), reason: grantReasons.remedied }))
  const suspendedAgainMs = await at(suspendGrant(ledger, byBureau(grant, '2')))
  const revokedMs = await at(revokeGrant(ledger, { ...byBureau(grant, '1'), reason: grantReasons.rulesBroken }))
  const allowedAt = async (timeMs: number) => {
    const { allowed, right } = await mayIssue(source, subject, 'resident', timeMs)
    return [allowed, right.standing, right.entry?.sequence]
  }
  expect(await allowedAt(givenMs - 1)).toEqual([false, 'none', undefined])
  expect(await allowedAt(givenMs)).toEqual([true, 'active', 1])
  expect(await allowedAt(suspendedMs - 1)).toEqual([true, 'active', 1])
  expect(await allowedAt(suspendedMs)).toEqual([false, 'suspended', 2])
  expect(await allowedAt(reinstatedMs - 1)).toEqual([false, 'suspended', 2])
  expect(await allowedAt(reinstatedMs)).toEqual([true, 'active', 3])
  expect(await allowedAt(suspendedAgainMs - 1)).toEqual([true, 'active', 3])
  expect(await allowedAt(suspendedAgainMs)).toEqual([false, 'suspended', 4])
  expect(await allowedAt(revokedMs)).toEqual([false, 'revoked', 5])
  expect(await source.findGrant(grant, revokedMs)).toMatchObject({
    reason: grantReasons.rulesBroken,
    actor: bureau.scriptHash,
    timeMs: revokedMs,
  })
  await expect(reinstateGrant(ledger, byBureau(grant, '3'))).rejects.toMatchObject({ code: 'ERR_TRUST_REVOKED' })
  await expect(
    accreditIssuer(ledger, {
      authority: bureau.scriptHash,
      institution: subject,
      typeId: 'resident',
      account: bureau,
      sponsor,
      validFromMs: 1,
    }),
  ).rejects.toMatchObject({ code: 'ERR_TRUST_EXISTS' })
})

test('a right rests on its institution and on the authority', async () => {
  const { scriptHash: subject } = await institution('resting')
  await at(accreditIssuer(ledger, { authority: bureau.scriptHash, institution: subject, typeId: 'resident', account: bureau, sponsor }))
  const institutionGrant: GrantKey = { kind: 'institution', subject }
  const authorityGrant: GrantKey = { kind: 'authority', subject: bureau.scriptHash }
  const suspendedMs = await at(suspendGrant(ledger, byBureau(institutionGrant, '1')))
  expect(await mayIssue(source, subject, 'resident', suspendedMs)).toMatchObject({
    allowed: false,
    right: { standing: 'active' },
    institution: { standing: 'suspended', entry: { label: 'bank', granter: bureau.scriptHash } },
    authority: { standing: 'active', entry: { label: '990100' } },
  })
  await at(reinstateGrant(ledger, byBureau(institutionGrant, '1')))
  const withoutAuthorityMs = await at(suspendGrant(founding, byCouncil(authorityGrant, '1')))
  expect(await mayIssue(source, subject, 'resident', withoutAuthorityMs)).toMatchObject({
    allowed: false,
    authority: { standing: 'suspended' },
  })
  await expect(suspendGrant(ledger, byBureau(institutionGrant, '2'))).rejects.toMatchObject({ code: 'ERR_TRUST_STANDING' })
  const againMs = await at(reinstateGrant(founding, byCouncil(authorityGrant, '1')))
  expect(await mayIssue(source, subject, 'resident', againMs)).toMatchObject({ allowed: true })
  expect(await mayIssue(source, stranger.scriptHash, 'resident', againMs)).toMatchObject({
    allowed: false,
    right: { standing: 'none', entry: null },
    authority: undefined,
  })
  for (const typeId of ['driving', 'a name that no contract takes', '']) {
    expect(await mayIssue(source, subject, typeId, againMs)).toMatchObject({ allowed: false, right: { standing: 'none' } })
  }
})

test('a right is valid between its times, the end not included, and can be renewed', async () => {
  const { scriptHash: subject } = await institution('limited')
  const grant: GrantKey = { kind: 'issue', subject, name: 'resident' }
  const validFromMs = Date.now() + 86_400_000
  const validUntilMs = validFromMs + 86_400_000
  await at(
    accreditIssuer(ledger, {
      authority: bureau.scriptHash,
      institution: subject,
      typeId: 'resident',
      account: bureau,
      sponsor,
      validFromMs,
      validUntilMs,
    }),
  )
  const standingAt = async (timeMs: number) => (await mayIssue(source, subject, 'resident', timeMs)).right.standing
  expect(await standingAt(validFromMs - 1)).toBe('notYet')
  expect(await standingAt(validFromMs)).toBe('active')
  expect(await standingAt(validUntilMs - 1)).toBe('active')
  expect(await standingAt(validUntilMs)).toBe('expired')
  await at(renewGrant(ledger, { ...byBureau(grant, '1'), validUntilMs: validUntilMs + 1 }))
  expect(await standingAt(validUntilMs)).toBe('active')
  await expect(renewGrant(ledger, { ...byBureau(grant, '2'), validUntilMs: validFromMs })).rejects.toMatchObject({
    code: 'ERR_TRUST_VALIDITY',
  })
})

test('credential types have versions, and claims are checked against one of them', async () => {
  const stricter = { ...schema, properties: { level: { type: 'integer', maximum: 3 } } }
  await at(registerCredentialType(founding, { typeId: 'membership', version: 1, schema, account: committee }))
  await at(registerCredentialType(founding, { typeId: 'membership', version: 2, schema: stricter, account: committee }))
  await expect(registerCredentialType(founding, { typeId: 'membership', version: 2, schema, account: committee })).rejects.toMatchObject({
    code: 'ERR_TRUST_VERSION_CONFLICT',
  })
  expect(await validateClaims(source, 'membership', { level: 4 }, { version: 1 })).toMatchObject({
    version: 1,
    schemaHash: sha256(canonicalJsonBytes(schema)),
  })
  await expect(validateClaims(source, 'membership', { level: 4 })).rejects.toMatchObject({
    code: 'ERR_TRUST_CLAIMS',
    failures: [{ path: '/level', rule: 'maximum', schemaPath: '/properties/level/maximum' }],
  })
  expect(await validateClaims(source, 'membership', {}, { partial: true })).toMatchObject({ version: 2 })
  for (const [typeId, version] of [
    ['membership', 3],
    ['membership', 0],
    ['other', 'latest'],
    ['not a name', 'latest'],
  ] as const) {
    await expect(validateClaims(source, typeId, { level: 1 }, { version })).rejects.toMatchObject({ code: 'ERR_TRUST_TYPE_UNKNOWN' })
  }
  await expect(
    accreditIssuer(ledger, {
      authority: bureau.scriptHash,
      institution: (await institution('typeless')).scriptHash,
      typeId: 'other',
      account: bureau,
      sponsor,
    }),
  ).rejects.toMatchObject({ code: 'ERR_TRUST_TYPE_UNKNOWN' })
})

test('an institution may ask what is registered for it, in its versions', async () => {
  const { scriptHash: subject } = await institution('asker')
  const query = { authority: bureau.scriptHash, institution: subject, queryId: 'open-account', account: committee }
  const firstMs = await at(registerQuery(founding, { ...query, version: 1, content }))
  const shorter = { ...content, retentionDays: 0 }
  await at(registerQuery(founding, { ...query, version: 2, content: shorter }))
  const lastMs = await at(registerQuery(founding, { ...query, version: 3, content }))
  expect(await mayAsk(source, subject, 'open-account', firstMs - 1)).toMatchObject({ allowed: false })
  expect(await mayAsk(source, subject, 'open-account', firstMs)).toMatchObject({ allowed: true, right: { key: { kind: 'ask' } } })
  expect(await source.findQuery(subject, 'open-account', 'latest')).toMatchObject({
    version: 3,
    content: canonicalJsonBytes(content),
    timeMs: lastMs,
  })
  expect(await source.findQuery(subject, 'open-account', 2)).toMatchObject({ content: canonicalJsonBytes(shorter) })
  expect(await source.findQuery(subject, 'open-account', 4)).toBeNull()
  expect(await source.findQuery(subject, 'other', 'latest')).toBeNull()
  await expect(registerQuery(founding, { ...query, version: 4, content: { ...content, purpose: 'x' } })).rejects.toMatchObject({
    code: 'ERR_TRUST_SCHEMA',
  })
})

describe('who may change the registry', () => {
  test('nobody but who gave a grant, or the council', async () => {
    const { scriptHash: subject } = await institution('guarded')
    const grant: GrantKey = { kind: 'institution', subject }
    const other = await registered('other bureau')
    await at(addAuthority(founding, { authority: other.scriptHash, region: '990200', account: committee }))
    const another = { actor: other.scriptHash, account: other }
    for (const [operation, code] of [
      [() => addAuthority(ledger, { authority: stranger.scriptHash, region: '1', account: stranger, sponsor }), 'ERR_TRUST_NOT_AUTHORIZED'],
      [() => registerCredentialType(ledger, { typeId: 'x', version: 1, schema, account: bureau, sponsor }), 'ERR_TRUST_NOT_AUTHORIZED'],
      // Who deployed the contracts owns nothing; nor does an authority say by itself what its institutions may ask.
      [() => addAuthority(ledger, { authority: stranger.scriptHash, region: '1', account: committee }), 'ERR_TRUST_NOT_AUTHORIZED'],
      [() => suspendGrant(ledger, byCouncil(grant, '1')), 'ERR_TRUST_NOT_AUTHORIZED'],
      [
        () =>
          registerQuery(ledger, {
            authority: bureau.scriptHash,
            institution: subject,
            queryId: 'x',
            version: 1,
            content,
            account: bureau,
            sponsor,
          }),
        'ERR_TRUST_NOT_AUTHORIZED',
      ],
      [
        () =>
          addInstitution(ledger, { authority: bureau.scriptHash, institution: stranger.scriptHash, kind: 'x', account: stranger, sponsor }),
        'ERR_TRUST_NOT_AUTHORIZED',
      ],
      [
        () =>
          addInstitution(ledger, {
            authority: stranger.scriptHash,
            institution: stranger.scriptHash,
            kind: 'x',
            account: stranger,
            sponsor,
          }),
        'ERR_TRUST_STANDING',
      ],
      [
        () => addInstitution(ledger, { authority: other.scriptHash, institution: subject, kind: 'x', account: other, sponsor }),
        'ERR_TRUST_EXISTS',
      ],
      [
        () => accreditIssuer(ledger, { authority: other.scriptHash, institution: subject, typeId: 'resident', account: other, sponsor }),
        'ERR_TRUST_NOT_AUTHORIZED',
      ],
      [
        () =>
          accreditIssuer(ledger, {
            authority: bureau.scriptHash,
            institution: stranger.scriptHash,
            typeId: 'resident',
            account: bureau,
            sponsor,
          }),
        'ERR_TRUST_STANDING',
      ],
      [() => suspendGrant(ledger, { ...byBureau(grant, '1'), ...another }), 'ERR_TRUST_NOT_AUTHORIZED'],
      [() => suspendGrant(ledger, { ...byBureau(grant, '1'), account: stranger }), 'ERR_TRUST_NOT_AUTHORIZED'],
      [() => suspendGrant(ledger, byBureau({ kind: 'institution', subject: stranger.scriptHash }, '1')), 'ERR_TRUST_UNKNOWN'],
      [() => reinstateGrant(ledger, byBureau(grant, '1')), 'ERR_TRUST_STATUS'],
      [
        () =>
          addInstitution(ledger, { authority: bureau.scriptHash, institution: committee.scriptHash, kind: 'x', account: bureau, sponsor }),
        'ERR_TRUST_IDENTIFIER',
      ],
      [() => addAuthority(founding, { authority: stranger.scriptHash, region: 'a b', account: committee }), 'ERR_TRUST_ARGUMENT'],
      [() => registerCredentialType(founding, { typeId: 'x', version: 1, schema: {}, account: committee }), 'ERR_TRUST_SCHEMA'],
    ] as const) {
      await expect(operation()).rejects.toMatchObject({ code })
    }
  })

  test('an authority cannot lift what the council suspended', async () => {
    const { scriptHash: subject } = await institution('held')
    const grant: GrantKey = { kind: 'institution', subject }
    await at(suspendGrant(founding, byCouncil(grant, '1')))
    await expect(reinstateGrant(ledger, byBureau(grant, '1'))).rejects.toMatchObject({ code: 'ERR_TRUST_HELD' })
    await at(reinstateGrant(founding, byCouncil(grant, '1')))
  })
})
