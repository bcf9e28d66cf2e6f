import { createHmac, createPublicKey } from 'node:crypto'
import { type PublicKey, publicKeyToJwk, type Signer } from '@hufu/keys'

export interface ForgedJwt {
  readonly what: string
  readonly jwt: string
}

interface Header {
  readonly alg: string
  readonly [name: string]: unknown
}

const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())

/**
 * What others have taken for the same as a JWT.
 *
 * @param owner - whose key the JWT is signed with
 * @param stranger - some other key
 * @param address - where nothing may be fetched from
 */
export async function forgedJwts(jwt: string, owner: Signer, stranger: Signer, address: string): Promise<readonly ForgedJwt[]> {
  const [headerText = '', payloadText = '', signatureText = ''] = jwt.split('.')
  const header = decode(headerText) as Header
  const signature = Buffer.from(signatureText, 'base64url')
  const signed = async (what: string, changed: object, signer: Signer = owner): Promise<ForgedJwt> => {
    const input = `${encode(changed)}.${payloadText}`
    return { what, jwt: `${input}.${Buffer.from(await signer.sign(Buffer.from(input))).toString('base64url')}` }
  }
  const withSignature = (what: string, bytes: Uint8Array | string): ForgedJwt => ({
    what,
    jwt: `${headerText}.${payloadText}.${typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64url')}`,
  })
  const withMac = (what: string, alg: string, secret: string | Uint8Array): ForgedJwt => {
    const input = `${encode({ ...header, alg })}.${payloadText}`
    const hash = `sha${alg.slice(2)}`
    return { what, jwt: `${input}.${createHmac(hash, secret).update(input).digest('base64url')}` }
  }
  const pem = pemOf(owner.publicKey)
  const strange = publicKeyToJwk(stranger.publicKey)
  const [own] = [publicKeyToJwk(owner.publicKey)]
  return [
    ...['none', 'None', 'NONE', 'nOnE', ''].flatMap(alg => [
      { what: `alg ${alg}, no signature`, jwt: `${encode({ ...header, alg })}.${payloadText}.` },
      { what: `alg ${alg}, the signature`, jwt: `${encode({ ...header, alg })}.${payloadText}.${signatureText}` },
    ]),
    withMac('HS256 with the public key as PEM', 'HS256', pem),
    withMac('HS256 with the public key as JWK', 'HS256', JSON.stringify(own)),
    withMac('HS256 with the public key’s bytes', 'HS256', owner.publicKey.bytes),
    withMac('HS512 with the public key as PEM', 'HS512', pem),
    withMac('HS256 with no secret', 'HS256', ''),
    ...(await Promise.all(
      ['ES384', 'ES512', 'ES256K', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'es256', 'ES256 ', 'SM2SM3'].map(alg =>
        signed(`alg ${alg}`, { ...header, alg }),
      ),
    )),
    await signed('no alg', { ...header, alg: undefined }),
    await signed('alg a list', { ...header, alg: [header.alg] }),
    await signed('another type', { ...header, typ: 'JWT' }),
    await signed('crit', { ...header, crit: ['exp'] }),
    await signed('crit and b64', { ...header, b64: false, crit: ['b64'] }),
    await signed('by another key', header, stranger),
    ...(header.jwk === undefined ? [await signed('by a key that it brings', { ...header, jwk: strange }, stranger)] : []),
    await signed('by a key at an address', { ...header, jwk: undefined, kid: undefined, jku: address }, stranger),
    await signed('by a certificate at an address', { ...header, jwk: undefined, kid: undefined, x5u: address }, stranger),
    await signed('by a key that is nowhere', { ...header, jwk: undefined, kid: '../../dev/null' }, stranger),
    await signed(
      'by a key of did:key',
      { ...header, jwk: undefined, kid: 'did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169#1' },
      stranger,
    ),
    withSignature('no signature', ''),
    withSignature('a signature of zeros', new Uint8Array(64)),
    withSignature('a signature too short', signature.subarray(0, 63)),
    withSignature('a signature too long', Buffer.concat([signature, Buffer.alloc(1)])),
    withSignature('a signature as DER', derOf(signature)),
    withSignature('padding', `${signatureText}==`),
    withSignature('letters of the other Base64', `+${signatureText.slice(1)}`),
    withSignature('bits behind its end', signatureText.slice(0, -1) + nextLetter(signatureText.at(-1)!)),
    { what: 'a blank behind it', jwt: `${jwt} x` },
    { what: 'a fourth part', jwt: `${jwt}.${signatureText}` },
    { what: 'two parts', jwt: `${headerText}.${payloadText}` },
    { what: 'as JSON', jwt: JSON.stringify({ protected: headerText, payload: payloadText, signature: signatureText }) },
    { what: 'a payload twice over', jwt: `${headerText}.${encode(payloadText)}.${signatureText}` },
    { what: 'a name twice in its header', jwt: await twice(header, payloadText, owner) },
  ]
}

async function twice(header: Header, payloadText: string, signer: Signer): Promise<string> {
  const input = `${encode(`{"alg":"none",${JSON.stringify(header).slice(1)}`)}.${payloadText}`
  return `${input}.${Buffer.from(await signer.sign(Buffer.from(input))).toString('base64url')}`
}

function pemOf(publicKey: PublicKey): string {
  return createPublicKey({ key: publicKeyToJwk(publicKey) as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string
}

/** The same signature as OpenSSL writes it. */
function derOf(signature: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    const positive = bytes[0]! >= 0x80 ? Uint8Array.of(0, ...bytes) : bytes
    return Uint8Array.of(2, positive.length, ...positive)
  }
  const body = [...integer(signature.subarray(0, 32)), ...integer(signature.subarray(32))]
  return Uint8Array.of(0x30, body.length, ...body)
}

/** A letter with the same leading bits: decoders that ignore what is behind the last byte see no difference. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(letter) ^ 1]!
}
