import {
  issueSdJwtVc,
  issueW3cCredential,
  presentSdJwt,
  resolveDidKey,
  type VerifySdJwtVcOptions,
  type VerifyW3cCredentialOptions,
  verifySdJwtVc,
  verifyW3cCredential,
} from '@hufu/credentials'
import { didOf, parseDid, parseDidUrl } from '@hufu/did'
import { publicKeyToMultikey } from '@hufu/keys'
import {
  deserializeStackItem,
  parseHeader,
  parseScriptHash,
  parseStackItem,
  serializeStackItem,
  verifyHeader,
  verifyStorageProof,
} from '@hufu/ledger'
import type { SeededRandom } from '@hufu/network'
import { bytesToHex, canonicalJson, hexToBytes, parseJson } from '@hufu/primitives'
import { fixedSigner } from '@hufu/testkit'
import headerVectors from '../../../packages/ledger/vectors/neo-go-headers.json' with { type: 'json' }
import stackItemVectors from '../../../packages/ledger/vectors/neo-go-stack-items.json' with { type: 'json' }
import proofVectors from '../../../packages/ledger/vectors/neo-go-storage-proofs.json' with { type: 'json' }
import { mutateBytes, mutateJson, mutateText } from './mutate.ts'

/** Something that takes input from outside. */
export interface FuzzTarget {
  readonly name: string
  /** How much of the tries it gets. */
  readonly weight: number
  /** An input that is nearly right. */
  make(random: SeededRandom): unknown
  /**
   * Takes the input.
   *
   * @returns whether what it says of it is as true as of the original: the same meaning, or a parse that writes the same again
   * @throws what it refuses, which must be an error with a code
   */
  take(input: unknown): Promise<boolean> | boolean
}

const nowMs = 1_795_406_400_000
const clock = { nowMs: () => nowMs }

export async function fuzzTargets(): Promise<readonly FuzzTarget[]> {
  const [sdJwt, w3c] = [await sdJwtTarget(), await w3cTarget()]
  const did = didOf('test', parseScriptHash('0b'.repeat(20)))
  return [
    sdJwt,
    w3c,
    {
      name: 'DID',
      weight: 2,
      make: random => mutateText(did, random),
      // Whatever is one is written in one way only.
      take: input => parseDid(input as string) === input,
    },
    {
      name: 'DID URL',
      weight: 2,
      make: random => mutateText(`${did}/path?service=files&relativeRef=%2Fa#key-1`, random),
      take: input => (input as string).startsWith(parseDidUrl(input as string).did),
    },
    {
      name: 'JSON text',
      weight: 2,
      make: random => mutateText('{"a":[1,2.5e3,"\\u00e9",null,{"b":true}],"c":"示例","d":-0.1}', random),
      take: input => canonicalJson(parseJson(input as string) as never) === canonicalJson(JSON.parse(input as string) as never),
    },
    {
      name: 'header of Neo',
      weight: 2,
      make: random => {
        const { bytes, signers } = random.pick(headerVectors.headers)
        return { bytes: mutateBytes(hexToBytes(bytes), random), signers, original: bytes }
      },
      // Another witness may be as good, another header may not.
      take: async input => {
        const { bytes, signers, original } = input as { bytes: Uint8Array; signers: string; original: string }
        const header = await verifyHeader(parseHeader(bytes), { magic: headerVectors.magic, nextConsensus: parseScriptHash(signers) })
        return header.hash === parseHeader(hexToBytes(original)).hash
      },
    },
    {
      name: 'storage proof',
      weight: 4,
      make: random => {
        const vector = random.pick(proofVectors.proofs)
        const foreign = random.pick(proofVectors.proofs)
        const [root, key] = random.below(8) === 0 ? [foreign.root, foreign.key] : [vector.root, vector.key]
        return { ...vector, root, key, proof: mutateBytes(hexToBytes(vector.proof), random) }
      },
      take: input => {
        const { root, contractId, key, proof } = input as { root: string; contractId: number; key: string; proof: Uint8Array }
        const value = bytesToHex(verifyStorageProof(root, contractId, hexToBytes(key), proof))
        return proofVectors.proofs.some(each => each.root === root && each.key === key && each.value === value)
      },
    },
    {
      name: 'stack item in bytes',
      weight: 2,
      make: random => mutateBytes(hexToBytes(random.pick(stackItemVectors.items).bytes), random),
      // Integers and booleans have more than one spelling; what is read must be read from what is written again.
      take: input => {
        const item = deserializeStackItem(input as Uint8Array)
        return canonicalItem(deserializeStackItem(serializeStackItem(item))) === canonicalItem(item)
      },
    },
    {
      name: 'stack item of an RPC answer',
      weight: 2,
      make: random => mutateJson(random.pick(stackItemVectors.items).json, random),
      take: input => typeof parseStackItem(input).type === 'string',
    },
  ]
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
  await verifySdJwtVc(presentation, options)
  return {
    name: 'SD-JWT presentation',
    weight: 6,
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
  await verifyW3cCredential(credential, options)
  return {
    name: 'W3C credential',
    weight: 1,
    make: random => mutateJson(credential, random),
    take: async input => {
      await verifyW3cCredential(input, options)
      return meaningOf(input) === meaningOf(credential)
    },
  }
}

/** JSON-LD says the same in several ways: sets have neither order nor repetitions, one value is a set of one, and null is nothing. */
function meaningOf(value: unknown): string {
  return canonicalJson(normalized(value) as never)
}

function normalized(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = [...new Map(value.filter(item => item !== null).map(item => [meaningOf(item), normalized(item)])).values()]
    return items.length === 1 ? items[0] : items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, normalized(member)]])))
}

function canonicalItem(item: unknown): string {
  return JSON.stringify(item, (_, value) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? bytesToHex(value) : value,
  )
}
