import {
  BsnDidService,
  DidResolver,
  didBsnDriver,
  didEthrDriver,
  didJwkDriver,
  didKeyDriver,
  didOf,
  didWebDriver,
  type EthrAnswer,
  type EthrLog,
  type EthrRegistry,
  parseDid,
  parseDidUrl,
  parseStoredDocument,
} from '@hufu/did'
import {
  ethereumAddressOf,
  publicKeyFromJwk,
  publicKeyFromMultikey,
  publicKeyToJwk,
  publicKeyToMultikey,
  secp256k1FromMultikey,
  secp256k1KeyOf,
  secp256k1ToJwk,
  secp256k1ToMultikey,
} from '@hufu/keys'
import { parseScriptHash } from '@hufu/ledger'
import type { SeededRandom } from '@hufu/network'
import {
  bytesToBase64url,
  bytesToHex,
  bytesToUtf8,
  canonicalJson,
  canonicalJsonBytes,
  keccak256,
  parseJson,
  utf8ToBytes,
} from '@hufu/primitives'
import { BsnDidServiceStandIn, fixedSigner } from '@hufu/testkit'
import { type FuzzTarget, meaningOf } from './fuzz-target.ts'
import { mutateBytes, mutateJson, mutateText } from './mutate.ts'

interface Method {
  readonly publicKeyMultibase?: string
  readonly publicKeyJwk?: Readonly<Record<string, string>>
}

/** Identifiers, and documents about them from those who are asked. */
export async function didTargets(): Promise<readonly FuzzTarget[]> {
  const did = didOf('test', parseScriptHash('0b'.repeat(20)))
  return [
    {
      name: 'DID of did neo',
      weight: 10,
      codes: ['ERR_DID_'],
      sameIf: 'whatever is one is written in one way only',
      originals: [did],
      make: random => mutateText(did, random),
      take: input => parseDid(input as string) === input,
    },
    {
      name: 'DID URL',
      weight: 10,
      codes: ['ERR_DID_'],
      sameIf: 'its DID stands in front of it',
      originals: [`${did}#key-1`],
      make: random => mutateText(`${did}/path?service=files&relativeRef=%2Fa#key-1`, random),
      take: input => (input as string).startsWith(parseDidUrl(input as string).did),
    },
    await didKeyTarget(),
    await didJwkTarget(),
    didWebAddressTarget(),
    await didWebDocumentTarget(),
    didEthrTarget(),
    didBsnTarget(),
    await storedDocumentTarget(did),
  ]
}

/** No cache: each answer is made anew. */
function resolverOf(driver: ReturnType<typeof didKeyDriver>): DidResolver {
  return new DidResolver({ drivers: [driver], maxAgeMs: 0, maxEntries: 1 })
}

async function methodOf(resolver: DidResolver, did: string): Promise<Method> {
  const { document } = await resolver.resolve(did)
  return (document!.verificationMethod as unknown as readonly Method[])[0]!
}

async function didKeyTarget(): Promise<FuzzTarget> {
  const keys = [
    publicKeyToMultikey((await fixedSigner('fuzz did')).publicKey),
    publicKeyToMultikey((await fixedSigner('fuzz did', 'Ed25519')).publicKey),
    secp256k1ToMultikey(secp256k1KeyOf(new Uint8Array(32).fill(1))),
  ]
  const originals = keys.map(key => `did:key:${key}`)
  const resolver = resolverOf(didKeyDriver())
  return {
    name: 'DID of did key',
    weight: 6,
    codes: ['ERR_DID_'],
    sameIf: 'its key is written as it is, and no other way',
    originals,
    make: random => mutateText(random.pick(originals), random),
    take: async input => {
      const { publicKeyMultibase: key = '' } = await methodOf(resolver, input as string)
      return (
        input ===
        `did:key:${key.startsWith('zQ3s') ? secp256k1ToMultikey(secp256k1FromMultikey(key)) : publicKeyToMultikey(publicKeyFromMultikey(key))}`
      )
    },
  }
}

async function didJwkTarget(): Promise<FuzzTarget> {
  const jwks: readonly Readonly<Record<string, unknown>>[] = [
    { ...publicKeyToJwk((await fixedSigner('fuzz did')).publicKey), use: 'sig' },
    { ...publicKeyToJwk((await fixedSigner('fuzz did', 'Ed25519')).publicKey) },
    { ...secp256k1ToJwk(secp256k1KeyOf(new Uint8Array(32).fill(1))) },
  ]
  const didOfText = (text: string) => `did:jwk:${bytesToBase64url(utf8ToBytes(text))}`
  const resolver = resolverOf(didJwkDriver())
  return {
    name: 'DID of did jwk',
    weight: 6,
    codes: ['ERR_DID_'],
    sameIf: 'the document has the JWK that stands in it, without private members',
    originals: jwks.map(jwk => didOfText(JSON.stringify(jwk))),
    make: random => {
      const jwk = random.pick(jwks)
      const text = JSON.stringify(random.below(3) === 0 ? jwk : mutateJson({ ...jwk, d: 'AQ', x: jwk.x }, random))
      return random.below(2) === 0 ? didOfText(text) : mutateText(didOfText(text), random)
    },
    take: async input => {
      const { publicKeyJwk: jwk = {} } = await methodOf(resolver, input as string)
      const written: unknown = JSON.parse(Buffer.from((input as string).slice('did:jwk:'.length), 'base64url').toString('utf8'))
      if (jwk.crv === 'P-256' || jwk.crv === 'Ed25519') publicKeyFromJwk(jwk)
      return meaningOf(written) === meaningOf(jwk) && !('d' in jwk)
    },
  }
}

/** Which address is asked for the document of a `did:web`. */
function didWebAddressTarget(): FuzzTarget {
  const originals = ['did:web:bank.example', 'did:web:bank.example%3A8443', 'did:web:bank.example:branches:2']
  return {
    name: 'address of did web',
    weight: 6,
    codes: ['ERR_DID_'],
    sameIf: 'just the host and the path in the DID are asked, by TLS',
    originals,
    make: random => mutateText(random.pick(originals), random),
    take: async input => {
      let asked = ''
      const fetch: typeof globalThis.fetch = async url => {
        asked = String(url)
        return Response.json({ id: input })
      }
      await resolverOf(didWebDriver({ fetch })).resolve(input as string)
      const [authority = '', ...path] = (input as string).slice('did:web:'.length).split(':')
      const expected = `https://${authority.replace(/%3a/i, ':')}/${[...(path.length === 0 ? ['.well-known'] : path), 'did.json'].join('/')}`
      const { hostname, username, pathname } = new URL(asked)
      const isPlain = /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(hostname) && username === '' && !pathname.includes('//')
      // A port that is the default one is left out.
      return isPlain && asked.replace(':443/', '/') === expected.replace(':443/', '/')
    },
  }
}

async function didWebDocumentTarget(): Promise<FuzzTarget> {
  const did = 'did:web:bank.example'
  const key = publicKeyToMultikey((await fixedSigner('fuzz did')).publicKey)
  const document = {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: did,
    verificationMethod: [
      { id: '#key-1', type: 'Multikey', controller: did, publicKeyMultibase: key },
      { id: `${did}#key-2`, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk((await fixedSigner('other')).publicKey) },
    ],
    assertionMethod: ['#key-1', { id: `${did}#key-3`, type: 'Multikey', controller: did, publicKeyMultibase: key }],
    service: [{ id: '#hub', type: ['Hub'], serviceEndpoint: { uri: 'https://bank.example/hub' } }],
  }
  const text = JSON.stringify(document)
  const resolve = async (published: string) => {
    const fetch: typeof globalThis.fetch = async () => new Response(published)
    return (await resolverOf(didWebDriver({ fetch, maxBytes: 16_384 })).resolve(did)).document!
  }
  return {
    name: 'document of did web',
    weight: 6,
    codes: ['ERR_DID_'],
    sameIf: 'it is of this DID, and resolved again from what was resolved',
    originals: [text],
    make: random => (random.below(3) === 0 ? mutateText(text, random) : JSON.stringify(mutateJson(document, random))),
    take: async input => {
      const found = await resolve(input as string)
      return found.id === did && meaningOf(await resolve(JSON.stringify(found))) === meaningOf(found)
    },
  }
}

function didEthrTarget(): FuzzTarget {
  const identity = `0x${bytesToHex(ethereumAddressOf(secp256k1KeyOf(new Uint8Array(32).fill(1))))}`
  const did = `did:ethr:0x7a69:${identity}`
  const word = (text: string) => text.padStart(64, '0')
  const topic = (signature: string) => `0x${bytesToHex(keccak256(utf8ToBytes(signature)))}`
  const identityTopic = `0x${word(identity.slice(2))}`
  const name = bytesToHex(utf8ToBytes('did/pub/Secp256k1/veriKey/hex')).padEnd(64, '0')
  const key = bytesToHex(secp256k1KeyOf(new Uint8Array(32).fill(2)).bytes)
  const until = word((2_000_000_000).toString(16))
  const logs: readonly EthrLog[] = [
    {
      topics: [topic('DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)'), identityTopic],
      data: `0x${[name, word('80'), until, word('0'), word('21'), key.padEnd(128, '0')].join('')}`,
    },
    {
      topics: [topic('DIDDelegateChanged(address,bytes32,address,uint256,uint256)'), identityTopic],
      data: `0x${[bytesToHex(utf8ToBytes('veriKey')).padEnd(64, '0'), word('33'.repeat(20)), until, word('7')].join('')}`,
    },
  ]
  const told = { did, changed: `0x${word('7')}`, owner: identityTopic, logs }
  const changedSelector = bytesToHex(keccak256(utf8ToBytes('changed(address)')).subarray(0, 4))
  return {
    name: 'DID of did ethr, and what its registry tells',
    weight: 6,
    codes: ['ERR_DID_'],
    sameIf: 'the document is of this DID, and says so in each part: what the registry tells is its nodes’ word',
    originals: [told],
    make: random => mutateOneText(told, random),
    take: async input => {
      const lie = input as typeof told
      const answer = <Value>(value: Value): EthrAnswer<Value> => ({ value, assurance: { kind: 'attested', k: 2, n: 3 } })
      const block = (number: number) => ({ number, hash: `0x${'ab'.repeat(32)}`, timeMs: 1_800_000_000_000 })
      const registry: EthrRegistry = {
        chainId: 31_337,
        head: async () => block(100),
        block: async number => block(number),
        call: async data => answer(data.includes(changedSelector) ? lie.changed : lie.owner),
        logs: async () => answer(lie.logs),
      }
      const { document } = await resolverOf(didEthrDriver({ anvil: registry })).resolve(lie.did)
      if (document === null) return true
      const methods = (document.verificationMethod ?? []) as unknown as readonly { readonly id: string }[]
      return document.id === lie.did && methods.every(({ id }) => id.startsWith(`${lie.did}#`))
    },
  }
}

function didBsnTarget(): FuzzTarget {
  const standIn = new BsnDidServiceStandIn()
  const { did, secret } = standIn.createDid(1)
  let told = ''
  const resolve = (tell: (text: string) => string, asked: string) => {
    standIn.tamper = tell
    const { url, projectId, token, fetch } = standIn
    return resolverOf(didBsnDriver(new BsnDidService({ url, projectId, token, fetch }))).resolve(asked)
  }
  const key = meaningOf(secp256k1ToJwk(secp256k1KeyOf(secret)))
  const isHonest = (input: { readonly asked: string; readonly told: string | null }) => input.asked === did && input.told === null
  return {
    name: 'DID of did bsn, and what its service tells',
    weight: 4,
    codes: ['ERR_DID_'],
    sameIf: 'the document is of this DID, with the key that it is the hash of',
    originals: [{ asked: did, told: null }],
    make: async random => {
      if (random.below(4) === 0) return { asked: mutateText(did, random), told: null }
      await resolve(text => {
        told = text
        return text
      }, did)
      return { asked: did, told: random.below(2) === 0 ? mutateText(told, random) : JSON.stringify(mutateJson(JSON.parse(told), random)) }
    },
    take: async input => {
      const { asked, told: lie } = input as { readonly asked: string; readonly told: string | null }
      const { document } = await resolve(text => lie ?? text, asked)
      const [method] = document!.verificationMethod as unknown as readonly Method[]
      return isHonest({ asked, told: lie }) || (document!.id === did && meaningOf(method!.publicKeyJwk) === key)
    },
  }
}

async function storedDocumentTarget(did: ReturnType<typeof didOf>): Promise<FuzzTarget> {
  const document = {
    id: did,
    alsoKnownAs: ['https://bureau.example/'],
    verificationMethod: [
      { id: `${did}#key-1`, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk((await fixedSigner('fuzz did')).publicKey) },
    ],
    authentication: [`${did}#key-1`],
    assertionMethod: [`${did}#key-1`],
    service: [{ id: `${did}#files`, type: 'Files', serviceEndpoint: 'https://files.example/public/' }],
  }
  const bytes = canonicalJsonBytes(document)
  return {
    name: 'document out of the ledger',
    weight: 6,
    codes: ['ERR_DID_', 'ERR_ENCODING_'],
    sameIf: 'it is this DID’s, and all that is read stands in it',
    originals: [bytes],
    make: random => {
      if (random.below(3) === 0) return mutateBytes(bytes, random)
      const changed = mutateJson(document, random)
      return utf8ToBytes(random.below(8) === 0 ? JSON.stringify(changed) : canonicalOr(changed))
    },
    take: input => {
      const text = bytesToUtf8(input as Uint8Array)
      const found = parseStoredDocument(parseJson(text), did)
      return found.id === did && meaningOf(JSON.parse(text)) === meaningOf(found)
    },
  }
}

/** The registry's port promises the form of what it tells, and nothing of what stands in it. */
function mutateOneText<Told extends { did: string; changed: string; owner: string; logs: readonly EthrLog[] }>(
  told: Told,
  random: SeededRandom,
): Told {
  const at = random.below(told.logs.length)
  const log = told.logs[at]!
  const logs = (changed: Partial<EthrLog>) => ({ ...told, logs: told.logs.with(at, { ...log, ...changed }) })
  switch (random.below(7)) {
    case 0:
      return { ...told, did: mutateText(told.did, random) }
    case 1:
      return { ...told, changed: mutateText(told.changed, random) }
    case 2:
      return { ...told, owner: mutateText(told.owner, random) }
    case 3:
      return logs({ topics: log.topics.map(topic => (random.below(2) === 0 ? topic : mutateText(topic, random))) })
    case 4:
      return { ...told, logs: random.below(2) === 0 ? [] : [...told.logs, ...told.logs].slice(random.below(3)) }
    default:
      // Words of the ABI are 64 digits: whole ones are exchanged, too.
      return logs({ data: random.below(2) === 0 ? mutateText(log.data, random) : exchangedWords(log.data, random) })
  }
}

function exchangedWords(data: string, random: SeededRandom): string {
  const words = data.slice(2).match(/.{64}/g) ?? []
  words[random.below(words.length)] = random.pick([random.pick(words), 'f'.repeat(64), '0'.repeat(64), `${'0'.repeat(56)}${'f'.repeat(8)}`])
  return `0x${words.join('')}`
}

function canonicalOr(value: unknown): string {
  try {
    return canonicalJson(value as never)
  } catch {
    return JSON.stringify(value)
  }
}
