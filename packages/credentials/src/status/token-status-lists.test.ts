import { base64urlToBytes, bytesToBase64url, bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { beforeEach, describe, expect, test } from 'vitest'
import vectors from '../../vectors/token-status-list.json' with { type: 'json' }
import { signJwt } from '../jose/sign-jwt.ts'
import type { FindStatusAnchor } from '../lookups.ts'
import { expectRefusal, issue, issuer, issuerSigner, kid, nowMs, present, strangerSigner, verifier } from '../sd-jwt/sd-jwt-fixture.ts'
import { verifySdJwtVc } from '../sd-jwt/verify-sd-jwt-vc.ts'
import { compress, decompress } from './compression.ts'
import { StatusBits, type StatusSize } from './status-bits.ts'
import { credentialStatus, StatusList } from './status-list.ts'
import { signTokenStatusList } from './token-status-list.ts'
import { TokenStatusLists, type TokenStatusListsOptions } from './token-status-lists.ts'

const uri = 'https://issuer.example/status/1'
const index = 77
const presentation = await present(await issue({ status: { uri, index } }))

let published: string
let fetches: number
let atMs: number

beforeEach(async () => {
  published = await publish()
  fetches = 0
  atMs = nowMs
})

/** A list of two bits per entry, made now, in which the credential has this status. */
async function publish({
  status = credentialStatus.valid as number,
  ...overrides
}: Partial<Parameters<typeof signTokenStatusList>[0]> & { status?: number } = {}): Promise<string> {
  const list = new StatusList({ capacity: 128, size: 2 })
  list.set(index, status)
  list.set(index + 1, credentialStatus.revoked)
  return signTokenStatusList({
    list,
    uri,
    signer: issuerSigner,
    kid,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 3_600_000,
    ttlMs: 60_000,
    ...overrides,
  })
}

/** A list token with any claims and list, truly signed by the issuer. */
async function forge(overrides: Record<string, unknown> = {}, type = 'statuslist+jwt'): Promise<string> {
  const lst = bytesToBase64url(await compress(new Uint8Array(32), 'deflate'))
  return signJwt({ type, kid, payload: { sub: uri, iat: nowMs / 1000, status_list: { bits: 2, lst }, ...overrides } }, issuerSigner)
}

function lists(overrides: Partial<TokenStatusListsOptions> = {}): TokenStatusLists {
  return new TokenStatusLists({
    fetchStatusList: async () => {
      fetches++
      return published
    },
    resolveIssuerKey: async () => ({ controller: issuer, publicKey: issuerSigner.publicKey, evidence: {} }),
    clock: { nowMs: () => atMs },
    ...overrides,
  })
}

function verify(status: { lists: TokenStatusLists; maxAgeMs?: number; optional?: boolean }, shown = presentation) {
  return verifySdJwtVc(shown, verifier({ status: { maxAgeMs: 600_000, ...status } }))
}

test.each(vectors.lists)('the vector of $name is read', async ({ bits, lst, length, statuses }) => {
  const bytes = await decompress(base64urlToBytes(lst), 'deflate', 2 ** 20)
  const list = new StatusBits(bytes, bits as StatusSize, 'lsb')
  expect(list.length).toBe(length)
  for (let entry = 0; entry < length; entry++) {
    const expected = (statuses as Record<string, number>)[entry] ?? 0
    if (list.get(entry) !== expected) expect.fail(`entry ${entry}`)
  }
})

describe('a credential', () => {
  test('that is valid passes, with the evidence of it', async () => {
    const { receipt } = await verify({ lists: lists() })
    expect(receipt.rules.slice(-3).map(({ rule, evidence }) => [rule, evidence])).toEqual([
      ['status-list', { uri, kid, sha256: bytesToHex(sha256(utf8ToBytes(published))) }],
      ['status-age', { issuedAtMs: nowMs, maxAgeMs: 600_000 }],
      ['status', { status: 0 }],
    ])
  })

  test.each([
    [credentialStatus.revoked, 'ERR_CREDENTIAL_REVOKED'],
    [credentialStatus.suspended, 'ERR_CREDENTIAL_SUSPENDED'],
    [3, 'ERR_CREDENTIAL_STATUS_INVALID'],
  ] as const)('with status %i is refused', async (status, code) => {
    published = await publish({ status })
    await expectRefusal(verify({ lists: lists() }), code, 'status')
  })

  test('whose index is outside of the list is refused', async () => {
    const shown = await present(await issue({ status: { uri, index: 128 } }))
    await expectRefusal(verify({ lists: lists() }, shown), 'ERR_CREDENTIAL_STATUS_INVALID', 'status')
  })

  test('without a status is refused, unless the verifier lets that pass', async () => {
    const shown = await present(await issue())
    await expectRefusal(verify({ lists: lists() }, shown), 'ERR_CREDENTIAL_STATUS_MISSING', 'status')
    expect((await verify({ lists: lists(), optional: true }, shown)).receipt.verdict).toBe('accepted')
  })

  test('is not looked up before it is known to be genuine', async () => {
    const shown = await present(await issue({ status: { uri, index }, expiresAtMs: nowMs - 1000 }))
    await expectRefusal(verify({ lists: lists() }, shown), 'ERR_CREDENTIAL_EXPIRED', 'validity')
    expect(fetches).toBe(0)
  })
})

describe('the age of a list', () => {
  test.each([
    ['as old as allowed', { issuedAtMs: nowMs - 600_000 }, undefined],
    ['a second older', { issuedAtMs: nowMs - 601_000 }, 'ERR_CREDENTIAL_STATUS_STALE'],
    ['that expires in a second', { expiresAtMs: nowMs + 1000 }, undefined],
    ['that expires now', { expiresAtMs: nowMs }, 'ERR_CREDENTIAL_STATUS_STALE'],
    ['from the future', { issuedAtMs: nowMs + 61_000 }, 'ERR_CREDENTIAL_STATUS_INVALID'],
  ] as const)('%s', async (_what, times, code) => {
    published = await publish(times)
    if (code === undefined) expect((await verify({ lists: lists() })).receipt.verdict).toBe('accepted')
    else await expectRefusal(verify({ lists: lists() }), code, 'status-age')
  })

  test('a list is fetched once for as long as its issuer lets it be kept, and again after that', async () => {
    const kept = lists()
    await verify({ lists: kept })
    atMs += 59_999
    await verify({ lists: kept })
    expect(fetches).toBe(1)
    published = await publish({ status: credentialStatus.revoked })
    atMs += 1
    await expectRefusal(verify({ lists: kept }), 'ERR_CREDENTIAL_REVOKED', 'status')
    expect(fetches).toBe(2)
  })

  test('a stricter verifier fetches again', async () => {
    published = await publish({ issuedAtMs: nowMs - 30_000 })
    const kept = lists()
    await verify({ lists: kept })
    published = await publish({ status: credentialStatus.revoked })
    await expectRefusal(verify({ lists: kept, maxAgeMs: 10_000 }), 'ERR_CREDENTIAL_REVOKED', 'status')
  })
})

describe('a list is refused', () => {
  test.each<[string, () => Promise<string>]>([
    ['signed by another', () => publish({ signer: strangerSigner })],
    ["with a key of another DID than the credential's issuer", () => publish({ kid: 'did:neo:pilot:another#key-1' })],
    ['with a key identifier that is no DID URL', () => publish({ kid: 'key-1' })],
    ['of another address', () => publish({ uri: `${uri}/` })],
    ['without an address', () => forge({ sub: undefined })],
    ['without a time', () => forge({ iat: undefined })],
    ['with a malformed expiry', () => forge({ exp: '1' })],
    ['with a malformed ttl', () => forge({ ttl: -1 })],
    ['without a list', () => forge({ status_list: undefined })],
    ['of three bits per entry', () => forge({ status_list: { bits: 3, lst: 'eNrbuRgAAhcBXQ' } })],
    ['that is no base64url', () => forge({ status_list: { bits: 1, lst: 'eNrbuRgAAhcBXQ==' } })],
    ['that is not compressed', () => forge({ status_list: { bits: 1, lst: 'AAAA' } })],
    ['of another type', () => forge({}, 'JWT')],
    ['that is a credential', () => issue()],
    ['that is nothing', async () => ''],
    [
      'that is a bomb',
      async () => forge({ status_list: { bits: 1, lst: bytesToBase64url(await compress(new Uint8Array(2 ** 21 + 1), 'deflate')) } }),
    ],
  ])('%s', async (_what, make) => {
    published = await make()
    await expectRefusal(verify({ lists: lists() }), 'ERR_CREDENTIAL_STATUS_INVALID', 'status-list')
  })

  test('with one bit turned over, wherever it is', { timeout: 30_000 }, async () => {
    const whole = published
    for (let position = 0; position < whole.length; position++) {
      const turned = String.fromCharCode(whole.charCodeAt(position) ^ (1 << (position % 7)))
      published = whole.slice(0, position) + turned + whole.slice(position + 1)
      await expectRefusal(verify({ lists: lists() }), 'ERR_CREDENTIAL_STATUS_INVALID', 'status-list')
    }
  })

  test('whose key the issuer had not listed', async () => {
    for (const resolveIssuerKey of [
      async () => null,
      async () => ({ controller: 'did:neo:pilot:another', publicKey: issuerSigner.publicKey, evidence: {} }),
    ]) {
      await expectRefusal(verify({ lists: lists({ resolveIssuerKey }) }), 'ERR_CREDENTIAL_STATUS_INVALID', 'status-list')
    }
  })

  test('with the algorithm none', async () => {
    published = `${btoa(JSON.stringify({ alg: 'none', typ: 'statuslist+jwt', kid })).replace(/=*$/, '')}.${published.split('.')[1]}.`
    await expectRefusal(verify({ lists: lists() }), 'ERR_CREDENTIAL_STATUS_INVALID', 'status-list')
  })
})

test('a list that cannot be had, or whose key cannot be looked up, says nothing about the credential', async () => {
  const fails = () => Promise.reject(new Error('no answer'))
  await expectRefusal(verify({ lists: lists({ fetchStatusList: fails }) }), 'ERR_CREDENTIAL_STATUS_UNAVAILABLE', 'status-list')
  await expectRefusal(verify({ lists: lists({ resolveIssuerKey: fails }) }), 'ERR_CREDENTIAL_LOOKUP', 'status-list')
})

describe('anchors', () => {
  /** A ledger on which these lists were anchored, each until the next one. */
  function ledger(...anchored: { text: string; supersededAtMs: number | null }[]): FindStatusAnchor {
    const known = anchored.map(({ text, ...rest }) => ({
      ...rest,
      hash: bytesToHex(sha256(utf8ToBytes(text))),
      evidence: { blockIndex: 9 },
    }))
    return async query =>
      query.issuer === issuer && query.uri === uri ? (known.find(({ hash }) => hash === bytesToHex(query.sha256)) ?? null) : null
  }

  test('the newest list passes, with the block as evidence', async () => {
    const { receipt } = await verify({ lists: lists({ findStatusAnchor: ledger({ text: published, supersededAtMs: null }) }) })
    expect(receipt.rules.find(({ rule }) => rule === 'status-anchor')).toMatchObject({ passed: true, evidence: { blockIndex: 9 } })
  })

  test('a list that the ledger does not know is refused, though the issuer signed it', async () => {
    const another = await publish({ issuedAtMs: nowMs - 1000 })
    for (const findStatusAnchor of [
      ledger(),
      ledger({ text: another, supersededAtMs: null }),
      ledger({ text: `${published} `, supersededAtMs: null }),
    ]) {
      await expectRefusal(verify({ lists: lists({ findStatusAnchor }) }), 'ERR_CREDENTIAL_STATUS_NOT_ANCHORED', 'status-anchor')
    }
  })

  test('a list that was superseded longer ago than the verifier allows is refused', async () => {
    const at = (supersededAtMs: number) => verify({ lists: lists({ findStatusAnchor: ledger({ text: published, supersededAtMs }) }) })
    expect((await at(nowMs - 600_000)).receipt.verdict).toBe('accepted')
    await expectRefusal(at(nowMs - 600_001), 'ERR_CREDENTIAL_STATUS_STALE', 'status-anchor')
  })

  test('a ledger that does not answer is no refusal of the credential', async () => {
    await expectRefusal(
      verify({ lists: lists({ findStatusAnchor: () => Promise.reject(new Error('down')) }) }),
      'ERR_CREDENTIAL_LOOKUP',
      'status-anchor',
    )
  })
})
