import { deflateSync } from 'node:zlib'
import {
  issueSdJwtVc,
  issueW3cCredential,
  presentSdJwt,
  resolveDidKey,
  StatusList,
  signTokenStatusList,
  TokenStatusLists,
  type VerifySdJwtVcOptions,
  type VerifyW3cCredentialOptions,
  verifyBsnCredential,
  verifySdJwtVc,
  verifyVcJwt,
  verifyW3cCredential,
} from '@hufu/credentials'
import { didOf } from '@hufu/did'
import { publicKeyToMultikey, type Signer, secp256k1KeyOf } from '@hufu/keys'
import { parseScriptHash } from '@hufu/ledger'
import type { SeededRandom } from '@hufu/network'
import { bytesToBase64url, canonicalJson, utf8ToBytes } from '@hufu/primitives'
import { BsnDidServiceStandIn, fixedSigner } from '@hufu/testkit'
import { type FuzzTarget, meaningOf } from './fuzz-target.ts'
import { jwtTarget } from './jwt-target.ts'
import { mutateJson, mutateText } from './mutate.ts'

const nowMs = 1_795_406_400_000
const clock = { nowMs: () => nowMs }

/** Credentials and what says how they stand. */
export async function credentialTargets(): Promise<readonly FuzzTarget[]> {
  return [await sdJwtTarget(), await w3cTarget(), await vcJwtTarget(), bsnTarget(), await statusListTarget(), await statusBombTarget()]
}

async function sdJwtTarget(): Promise<FuzzTarget> {
  const [issuerSigner, holderSigner] = [await fixedSigner('fuzz issuer'), await fixedSigner('fuzz holder')]
  const [issuer, audience] = [didOf('test', parseScriptHash('01'.repeat(20))), didOf('test', parseScriptHash('02'.repeat(20)))]
  const credentialType = 'https://hufu.example/types/resident/1'
  const claims = { name: '示例', birthDate: '1990-02-28', address: { city: '示例市' }, nationalities: ['XX'] }
  const credential = await issueSdJwtVc({
    signer: issuerSigner,
    kid: `${issuer}#key-1`,
    issuer,
    credentialType,
    claims,
    holderKey: holderSigner.publicKey,
    issuedAtMs: nowMs - 60_000,
    expiresAtMs: nowMs + 86_400_000,
    decoys: 1,
  })
  const presentation = await presentSdJwt(credential, {
    disclose: [['name'], ['address']],
    keyBinding: { signer: holderSigner, audience, nonce: 'n-0S6_WzA2Mj', issuedAtMs: nowMs },
  })
  const options: VerifySdJwtVcOptions = {
    credentialTypes: [credentialType],
    keyBinding: { audience, nonce: 'n-0S6_WzA2Mj', maxAgeMs: 300_000 },
    status: 'unchecked',
    clock,
    resolveIssuerKey: async () => ({ controller: issuer, publicKey: issuerSigner.publicKey, evidence: { blockIndex: 7 } }),
    mayIssue: async () => ({ allowed: true, evidence: { blockIndex: 8 } }),
  }
  return {
    name: 'SD-JWT presentation',
    weight: 40,
    codes: ['ERR_CREDENTIAL_'],
    sameIf: 'not a character differs',
    originals: [presentation],
    make: random => (random.below(3) === 0 ? mutateParts(presentation, random) : mutateText(presentation, random)),
    take: async input => {
      await verifySdJwtVc(input as string, options)
      return input === presentation
    },
  }
}

/** Changes the JSON inside of a part, so that only signature and meaning can tell. */
function mutateParts(presentation: string, random: SeededRandom): string {
  const parts = presentation.split(/([~.])/)
  const at = random.below(Math.ceil(parts.length / 2)) * 2
  const text = Buffer.from(parts[at]!, 'base64url').toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return mutateText(presentation, random)
  }
  parts[at] = Buffer.from(JSON.stringify(mutateJson(json, random)) ?? '').toString('base64url')
  return parts.join('')
}

async function w3cTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz issuer')
  const multikey = publicKeyToMultikey(signer.publicKey)
  const issuer = `did:key:${multikey}`
  const credential = await issueW3cCredential(
    {
      '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
      id: 'urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008',
      type: ['VerifiableCredential', 'ResidentCredential'],
      issuer,
      validFrom: '2026-01-01T00:00:00Z',
      validUntil: '2027-01-01T00:00:00Z',
      credentialSubject: { id: 'did:example:subject', district: '示例区', rooms: 3 },
    },
    { key: { id: `${issuer}#${multikey}`, signer }, createdMs: nowMs - 60_000 },
  )
  const options: VerifyW3cCredentialOptions = {
    resolveIssuerKey: resolveDidKey,
    mayIssue: async () => ({ allowed: true, evidence: {} }),
    status: 'unchecked',
    clock,
  }
  return {
    name: 'W3C credential',
    weight: 4,
    codes: ['ERR_CREDENTIAL_'],
    sameIf: 'the JSON-LD says the same: order and repetitions of sets, sets of one, nulls',
    originals: [credential],
    make: random => mutateJson(credential, random),
    take: async input => {
      await verifyW3cCredential(input, options)
      return graphOf(input) === graphOf(credential)
    },
  }
}

/** JSON-LD says the same in several ways: sets have neither order nor repetitions, one value is a set of one, and null is nothing. */
function graphOf(value: unknown): string {
  return canonicalJson(normalized(value) as never)
}

function normalized(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = [...new Map(value.filter(item => item !== null).map(item => [graphOf(item), normalized(item)])).values()]
    return items.length === 1 ? items[0] : items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, normalized(member)]])))
}

async function vcJwtTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz partner')
  const issuer = 'did:web:partner.example'
  const document = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential', 'ResidentCredential'],
    issuer,
    validFrom: '2026-01-01T00:00:00Z',
    validUntil: '2027-01-01T00:00:00Z',
    credentialSubject: { id: 'did:example:subject', district: '示例区', rooms: 3 },
  }
  return jwtTarget({
    name: 'W3C credential as JWT',
    weight: 12,
    codes: ['ERR_CREDENTIAL_'],
    original: await signed({ alg: 'ES256', typ: 'vc+jwt', kid: `${issuer}#key-1` }, document, signer),
    signer,
    verify: async text => {
      const { receipt: _, ...verified } = await verifyVcJwt(text, {
        algorithms: ['ES256', 'EdDSA'],
        resolveIssuerKey: async ({ kid }) =>
          kid === `${issuer}#key-1` ? { controller: issuer, publicKey: signer.publicKey, evidence: {} } : null,
        mayIssue: async () => ({ allowed: true, evidence: {} }),
        status: 'unchecked',
        clock,
      })
      return verified
    },
  })
}

function bsnTarget(): FuzzTarget {
  const standIn = new BsnDidServiceStandIn()
  const [issuer, user] = [standIn.createDid(1), standIn.createDid(2)]
  const cptId = '160001'
  const text = standIn.issue(issuer, {
    id: '7f0f2f3a-1111-4c0e-8f6e-000000000001',
    cptId,
    userDid: user.did,
    created: '2026-03-03 14:02:00',
    expirationDate: '2026-11-25',
    claim: '{"name":"示例","age":38,"Aa":1,"BB":2,"list":[1,2],"nested":{"y":1,"x":2}}',
  })
  const verify = async (input: unknown) => {
    const { receipt: _, ...verified } = await verifyBsnCredential(input as string, {
      accepted: [{ issuerDid: issuer.did, cptId }],
      findIssuerKey: async did => (did === issuer.did ? { key: secp256k1KeyOf(issuer.secret), evidence: {} } : null),
      isRevoked: async () => ({ revoked: false, evidence: {} }),
      clock,
    })
    return meaningOf(verified)
  }
  let original: Promise<string> | undefined
  return {
    name: 'credential of BSN',
    weight: 4,
    codes: ['ERR_CREDENTIAL_'],
    sameIf: 'what its library would sign is the same, and what is read',
    originals: [text],
    make: random => (random.below(2) === 0 ? JSON.stringify(mutateJson(JSON.parse(text), random)) : mutateText(text, random)),
    take: async input => {
      original ??= verify(text)
      return (await verify(input)) === (await original)
    },
  }
}

const listUri = 'https://bureau.example/status/1'
const listIssuer = didOf('test', parseScriptHash('03'.repeat(20)))

async function statusListTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz status')
  const list = new StatusList({ capacity: 4096, size: 2 })
  list.set(5, 1)
  list.set(6, 2)
  return jwtTarget({
    name: 'status list token',
    weight: 12,
    codes: ['ERR_CREDENTIAL_'],
    original: await signTokenStatusList({
      ...{ list, uri: listUri, signer, kid: `${listIssuer}#key-1` },
      ...{ issuedAtMs: nowMs - 60_000, expiresAtMs: nowMs + 3_600_000, ttlMs: 300_000 },
    }),
    signer,
    verify: text => statusesBy(text, signer, [5, 6, 7, 4095]),
  })
}

/** Lists that are signed as they should be, and unpack to gigabytes, to nothing, to less than they say, or to something else. */
async function statusBombTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz status')
  const zeros = (length: number) => deflateSync(new Uint8Array(length))
  const whole = zeros(1024)
  const packed: readonly Uint8Array[] = [
    zeros(2 ** 28),
    zeros(2 ** 21 + 1),
    whole.subarray(0, -1),
    whole.subarray(0, 4),
    Uint8Array.from([...whole, 0]),
    Uint8Array.from([...whole, ...whole]),
    Uint8Array.from([...zeros(2 ** 21), ...zeros(2 ** 21)]),
    whole.map((byte, index) => (index === 1 ? byte ^ 1 : byte)),
    whole.map((byte, index) => (index === whole.length - 1 ? byte ^ 1 : byte)),
    new Uint8Array(0),
    zeros(0),
    zeros(1),
    new Uint8Array(4096).fill(0xff),
  ]
  const header = { alg: 'ES256', typ: 'statuslist+jwt', kid: `${listIssuer}#key-1` }
  const token = (bytes: Uint8Array, bits: unknown) =>
    signed(
      header,
      {
        ...{ sub: listUri, iat: nowMs / 1000 - 60, exp: nowMs / 1000 + 3600, ttl: 300 },
        status_list: { bits, lst: bytesToBase64url(bytes) },
      },
      signer,
    )
  const good = await token(whole, 1)
  const bad = await Promise.all([
    ...packed.map(bytes => token(bytes, 1)),
    ...[0, 3, 16, -1, 1.5, '1', null, [1], 1e308].map(bits => token(whole, bits)),
  ])
  return {
    name: 'status list that unpacks to something else',
    weight: 0.2,
    codes: ['ERR_CREDENTIAL_'],
    sameIf: 'it is the list that was packed',
    originals: [good],
    make: random => random.pick(bad),
    take: async input => {
      await statusesBy(input as string, signer, [7, 4095])
      return input === good
    },
  }
}

async function statusesBy(text: string, signer: Signer, indexes: readonly number[]): Promise<readonly string[]> {
  const lists = new TokenStatusLists({
    fetchStatusList: async () => text,
    resolveIssuerKey: async ({ kid }) =>
      kid === `${listIssuer}#key-1` ? { controller: listIssuer, publicKey: signer.publicKey, evidence: {} } : null,
    clock,
  })
  const statusOf = (index: number) => lists.statusOf({ issuer: listIssuer, reference: { uri: listUri, index } }, { maxAgeMs: 3_600_000 })
  return Promise.all(indexes.map(statusOf))
}

async function signed(header: object, payload: object, signer: Signer): Promise<string> {
  const input = [header, payload].map(part => bytesToBase64url(utf8ToBytes(canonicalJson(part as never)))).join('.')
  return `${input}.${bytesToBase64url(await signer.sign(utf8ToBytes(input)))}`
}
