import { createHmac } from 'node:crypto'
import { type PublicKey, publicKeyToJwk, type Signer } from '@hufu/keys'
import { bytesToBase64url, canonicalJson, utf8ToBytes } from '@hufu/primitives'
import { derSignature } from './der-forms.ts'

type Named = readonly (readonly [name: string, jwt: string])[]
type Header = Readonly<Record<string, unknown>>

/** Algorithms that are none of ours, or not the key's. */
const otherAlgorithms = [
  'none',
  'None',
  'NONE',
  'nOnE',
  'HS256',
  'RS256',
  'PS256',
  'ES384',
  'ES512',
  'ES256K',
  'EdDSA',
  'Ed25519',
  'SM2SM3',
  'es256',
  'ES256 ',
  '',
]

/** Extensions and keys in a header, and where one would get a key. */
const headerMembers: readonly (readonly [name: string, members: Header])[] = [
  ['crit of nothing', { crit: [] }],
  ['crit of a known name', { crit: ['exp'], exp: 1 }],
  ['crit of b64', { crit: ['b64'], b64: true }],
  ['crit of alg', { crit: ['alg'] }],
  ['crit that is no list', { crit: 'exp' }],
  ['crit null', { crit: null }],
  ['jku', { jku: 'https://attacker.example/keys' }],
  ['x5u', { x5u: 'https://attacker.example/chain' }],
  ['x5c', { x5c: ['MIIB'] }],
  ['x5t', { x5t: 'AQ' }],
  ['x5t#S256', { 'x5t#S256': 'AQ' }],
]

/** The JWT as somebody makes it who has not the key. */
export async function forgedBySomebody(
  jwt: string,
  { key, attacker, bringsItsKey }: { readonly key: PublicKey; readonly attacker: Signer; readonly bringsItsKey: boolean },
): Promise<Named> {
  const { header, payload, signature } = partsOf(jwt)
  const unsigned = otherAlgorithms.flatMap(alg => {
    const start = `${encoded({ ...header, alg })}.${payload}`
    return [
      [`alg ${alg}, without signature`, `${start}.`],
      [`alg ${alg}, with the signature`, `${start}.${signature}`],
    ] as const
  })
  const jwk = publicKeyToJwk(key)
  const secrets: readonly (readonly [string, string | Uint8Array])[] = [
    ['the public key', key.bytes],
    ['the public JWK', JSON.stringify(jwk)],
    ['the public JWK, canonical', canonicalJson({ ...jwk })],
    ['nothing', ''],
  ]
  const macs = secrets.map(([name, secret]) => {
    const start = `${encoded({ ...header, alg: 'HS256' })}.${payload}`
    return [`a mac by ${name}`, `${start}.${createHmac('sha256', secret).update(start).digest('base64url')}`] as const
  })
  const members = headerMembers.map(
    ([name, more]) => [`${name}, unsigned`, `${encoded({ ...header, ...more })}.${payload}.${signature}`] as const,
  )
  const [r, s] = [0, 32].map(at =>
    BigInt(
      `0x${Buffer.from(signature, 'base64url')
        .subarray(at, at + 32)
        .toString('hex')}`,
    ),
  ) as [bigint, bigint]
  const forms: Named = [
    ['a signature in DER', `${jwt.slice(0, jwt.lastIndexOf('.'))}.${bytesToBase64url(derSignature(r, s))}`],
    ['a signature of zeros', `${jwt.slice(0, jwt.lastIndexOf('.'))}.${bytesToBase64url(new Uint8Array(64))}`],
    ['JSON serialization', JSON.stringify({ protected: encoded(header), payload, signature })],
    ['another encoding of the signature', `${jwt}=`],
  ]
  if (bringsItsKey) return [...unsigned, ...macs, ...members, ...forms]
  // Signed, and well: by whoever brings the key along.
  const own = { jwk: publicKeyToJwk(attacker.publicKey) }
  const brought = await Promise.all(
    [
      ['by another key', {}],
      ['by a key that it brings', own],
      ['by a key that it brings, without kid', { ...own, kid: undefined }],
      ...headerMembers.slice(6).map(([name, more]) => [`by another key, with ${name}`, more] as const),
    ].map(async ([name, more]) => [name as string, await signed({ ...header, ...(more as Header) }, payload, attacker)] as const),
  )
  return [...unsigned, ...macs, ...members, ...forms, ...brought]
}

/** What the right key signed, and is refused all the same. */
export async function signedByTheRightKey(jwt: string, signer: Signer, bringsItsKey: boolean): Promise<Named> {
  const { header, payload } = partsOf(jwt)
  const text = Buffer.from(payload, 'base64url').toString('utf8')
  const headerText = JSON.stringify(header)
  const twice = (json: string, member: string) => `{${member},${json.slice(1)}`
  const ofHeader: readonly (readonly [string, Header])[] = [
    ...headerMembers,
    ...otherAlgorithms.map(alg => [`alg ${alg}`, { ...header, alg }] as const),
    ['no alg', { alg: undefined }],
    ['alg null', { alg: null }],
    ['alg a list', { alg: ['ES256'] }],
    ['no typ', { typ: undefined }],
    ['typ JWT', { typ: 'JWT' }],
    ['typ in upper case', { typ: String(header.typ).toUpperCase() }],
    ['typ with its prefix', { typ: `application/${header.typ}` }],
    bringsItsKey
      ? ['a kid beside its key', { kid: 'did:example:a#key-1' }]
      : ['a key beside its kid', { jwk: publicKeyToJwk(signer.publicKey) }],
    ...(bringsItsKey
      ? ([
          ['a private key', { jwk: { ...publicKeyToJwk(signer.publicKey), d: 'AQ' } }],
          ['no key', { jwk: undefined }],
          ['a list of keys', { jwk: [publicKeyToJwk(signer.publicKey)] }],
        ] as const)
      : ([
          ['no kid', { kid: undefined }],
          ['a kid of nobody', { kid: 'did:example:a#key-1' }],
          ['a kid that is a number', { kid: 1 }],
          ['a kid that is a list', { kid: [header.kid] }],
        ] as const)),
  ]
  const headers = await Promise.all(
    ofHeader.map(async ([name, more]) => [name, await signed({ ...header, ...more }, payload, signer)] as const),
  )
  const names = Object.keys(header)
  const others: readonly (readonly [string, string])[] = [
    ...names.flatMap(
      name =>
        [
          [
            `${name} twice in the header`,
            `${base64url(twice(headerText, `${JSON.stringify(name)}:${JSON.stringify(header[name])}`))}.${payload}`,
          ],
          [
            `${name} twice in the header, once escaped`,
            `${base64url(twice(headerText, `"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}":"x"`))}.${payload}`,
          ],
        ] as const,
    ),
    [
      'a member twice in the payload',
      `${encoded(header)}.${base64url(twice(text, text.slice(1, text.indexOf(',')).replace(/^("[^"]*"):.*$/s, '$1:1')))}`,
    ],
    ['a payload that is no object', `${encoded(header)}.${base64url('[]')}`],
    ['an empty payload', `${encoded(header)}.`],
    ['a payload that is not base64url', `${encoded(header)}.${payload}=`],
    // RFC 7797: the payload itself, not encoded.
    ['a payload that is not encoded', `${encoded({ ...header, b64: false })}.${text.replaceAll('.', '')}`],
    ['a payload that is not encoded, which crit says', `${encoded({ ...header, b64: false, crit: ['b64'] })}.${text.replaceAll('.', '')}`],
  ]
  const rest = await Promise.all(others.map(async ([name, input]) => [name, await signedInput(input, signer)] as const))
  return [...headers, ...rest]
}

function partsOf(jwt: string): { readonly header: Header; readonly payload: string; readonly signature: string } {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  return { header: JSON.parse(Buffer.from(header, 'base64url').toString('utf8')), payload, signature }
}

function signed(header: Header, payload: string, signer: Signer): Promise<string> {
  return signedInput(`${encoded(header)}.${payload}`, signer)
}

async function signedInput(input: string, signer: Signer): Promise<string> {
  return `${input}.${bytesToBase64url(await signer.sign(utf8ToBytes(input)))}`
}

function encoded(header: Header): string {
  return base64url(JSON.stringify(header))
}

function base64url(text: string): string {
  return bytesToBase64url(utf8ToBytes(text))
}
