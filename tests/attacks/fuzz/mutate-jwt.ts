import { createHmac } from 'node:crypto'
import { type PublicKey, publicKeyToJwk, type Signer } from '@hufu/keys'
import type { SeededRandom } from '@hufu/network'
import { base64urlToBytes, bytesToBase64url, bytesToUtf8, canonicalJson, type Json, utf8ToBytes } from '@hufu/primitives'
import { mutateBytes, mutateJson, mutateText } from './mutate.ts'

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** A JWT with something wrong with it, as somebody makes it who has not the key: in its text, its header, its payload, its signature, or how they are written. */
export function mutateJwt(jwt: string, key: PublicKey, random: SeededRandom): string {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.')
  const withHeader = (text: string) => [text, payload, signature, ...rest].join('.')
  const withSignature = (bytes: Uint8Array) => [header, payload, bytesToBase64url(bytes), ...rest].join('.')
  switch (random.below(10)) {
    case 0:
    case 1:
      return mutateText(jwt, random)
    case 2:
      return [header, encode(mutateJson(decode(payload), random)), signature, ...rest].join('.')
    case 3:
      return withHeader(encode(mutateJson(decode(header), random)))
    case 4:
      return withHeader(encode({ ...(decode(header) as object), ...random.pick(headerTricks)(key) }))
    case 5:
      return withHeader(bytesToBase64url(utf8ToBytes(twice(textOf(header), random))))
    case 6:
      return withSignature(random.pick(signatureTricks)(base64urlToBytes(signature)))
    case 7:
      return withSignature(mutateBytes(base64urlToBytes(signature), random))
    case 8:
      return macByPublicKey(decode(header) as object, payload, key)
    default:
      return random.pick(rewritings)(jwt)
  }
}

/** The JWT with another payload, or a header that says more, signed as it should be by who may: only the checks behind the signature are left. */
export async function signChanged(jwt: string, signer: Signer, random: SeededRandom): Promise<string> {
  const [header = '', payload = ''] = jwt.split('.')
  const changed = random.below(6) === 0 ? encode(mutateJson(decode(header), random)) : header
  const text = random.below(8) === 0 ? twice(textOf(payload), random) : canonicalOr(mutateJson(decode(payload), random))
  const input = `${changed}.${bytesToBase64url(utf8ToBytes(text))}`
  return `${input}.${bytesToBase64url(await signer.sign(utf8ToBytes(input)))}`
}

const headerTricks: readonly ((key: PublicKey) => object)[] = [
  ...['none', 'None', 'HS256', 'RS256', 'PS256', 'ES384', 'ES256K', 'EdDSA', 'ES256', 'SM2SM3', '', null, ['ES256']].map(alg => () => ({
    alg,
  })),
  ...[['exp'], [], ['b64'], 'exp', null].map(crit => () => ({ crit })),
  () => ({ b64: false, crit: ['b64'] }),
  () => ({ b64: false }),
  () => ({ zip: 'DEF' }),
  key => ({ jwk: publicKeyToJwk(key) }),
  key => ({ jwk: { ...publicKeyToJwk(key), d: 'AQ' } }),
  () => ({ jku: 'https://attacker.example/keys' }),
  () => ({ x5c: ['MIIB'] }),
  () => ({ x5u: 'https://attacker.example/chain', x5t: 'AQ' }),
  () => ({ kid: '../../dev/null' }),
  () => ({ kid: "' or 1=1 --" }),
]

const signatureTricks: readonly ((signature: Uint8Array) => Uint8Array)[] = [
  // As good for ECDSA, and no other signature for anything that looks at its meaning.
  signature => pair(numberAt(signature, 0), order - numberAt(signature, 32)),
  signature => pair(order - numberAt(signature, 0), numberAt(signature, 32)),
  signature => pair(numberAt(signature, 32), numberAt(signature, 0)),
  () => pair(0n, 0n),
  () => pair(1n, 1n),
  () => pair(order, order),
  signature => pair(numberAt(signature, 0), 0n),
  signature => pair(0n, numberAt(signature, 32)),
  signature => pair(numberAt(signature, 0) + order, numberAt(signature, 32)),
  signature => pair(numberAt(signature, 0), numberAt(signature, 32) + order),
  signature => derOf(signature),
  signature => signature.toReversed(),
  () => new Uint8Array(0),
  () => new Uint8Array(64).fill(0xff),
  signature => Uint8Array.from([...signature, 0]),
  signature => Uint8Array.from([...signature, ...signature]),
]

const rewritings: readonly ((jwt: string) => string)[] = [
  jwt => `${jwt}=`,
  jwt => ` ${jwt}`,
  jwt => `${jwt}\n`,
  jwt => `${jwt}.`,
  jwt => jwt.slice(0, jwt.lastIndexOf('.')),
  jwt => jwt.slice(0, jwt.lastIndexOf('.') + 1),
  jwt => jwt.replaceAll('-', '+').replaceAll('_', '/'),
  jwt => jwt.split('.').reverse().join('.'),
  jwt => `${jwt.split('.', 1)[0]}.${jwt}`,
  jwt => bytesToBase64url(utf8ToBytes(jwt)),
  jwt => spaced(jwt, 0),
  jwt => spaced(jwt, 1),
  jwt => `${jwt.slice(0, -1)}${'AQgw'[('AQgw'.indexOf(jwt.at(-1)!) + 1) % 4]}`,
  jwt => `${jwt.slice(0, -1)}${String.fromCharCode(jwt.charCodeAt(jwt.length - 1) + 1)}`,
]

/** The same JSON, with a space in it. */
function spaced(jwt: string, part: 0 | 1): string {
  const parts = jwt.split('.')
  parts[part] = bytesToBase64url(utf8ToBytes(` ${textOf(parts[part]!)}`))
  return parts.join('.')
}

/** A public key as the secret of a mac: for verifiers that let the header choose. */
function macByPublicKey(header: object, payload: string, key: PublicKey): string {
  const input = `${encode({ ...header, alg: 'HS256' })}.${payload}`
  return `${input}.${createHmac('sha256', key.bytes).update(input).digest('base64url')}`
}

/** JSON of an object with one of its members twice. */
function twice(json: string, random: SeededRandom): string {
  const object = JSON.parse(json) as Record<string, unknown>
  const name = random.pick(Object.keys(object))
  const other = random.below(2) === 0 ? object[name] : 'other'
  const member = `${JSON.stringify(name)}:${JSON.stringify(other)}`
  return random.below(2) === 0 ? `{${member},${json.slice(1)}` : `${json.slice(0, -1)},${member}}`
}

function canonicalOr(value: unknown): string {
  try {
    return canonicalJson(value as Json)
  } catch {
    return JSON.stringify(value) ?? 'null'
  }
}

function encode(value: unknown): string {
  return bytesToBase64url(utf8ToBytes(JSON.stringify(value) ?? ''))
}

function textOf(part: string): string {
  return bytesToUtf8(base64urlToBytes(part))
}

function decode(part: string): unknown {
  return JSON.parse(textOf(part))
}

function numberAt(signature: Uint8Array, at: number): bigint {
  return BigInt(`0x${Buffer.from(signature.subarray(at, at + 32)).toString('hex')}`)
}

function pair(r: bigint, s: bigint): Uint8Array {
  const wrapped = [r, s].map(number => BigInt.asUintN(256, number).toString(16).padStart(64, '0'))
  return Uint8Array.from(Buffer.from(wrapped.join(''), 'hex'))
}

function derOf(signature: Uint8Array): Uint8Array {
  const integers = [0, 32].flatMap(at => {
    const digits = [...signature.subarray(at, at + 32)]
    return [0x02, digits[0]! >= 0x80 ? 33 : 32, ...(digits[0]! >= 0x80 ? [0] : []), ...digits]
  })
  return Uint8Array.from([0x30, integers.length, ...integers])
}
