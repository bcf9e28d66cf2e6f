import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'

/** What an answer departs from what it should be. */
export interface Deviations {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly userVerified?: boolean
  readonly counter?: number
  readonly userHandle?: string
  /** Signs with another key. */
  readonly forged?: boolean
}

const userPresent = 0x01
const userVerified = 0x04
const hasCredential = 0x40

/** An authenticator in software with one passkey, P-256 with a counter, as a browser would talk to it; for tests alone. */
export class TestAuthenticator {
  readonly #origin: string
  readonly #privateKey: KeyObject
  readonly #id: Buffer
  #userHandle = ''
  #counter = 0

  constructor(origin: string) {
    this.#origin = origin
    this.#privateKey = createPrivateKey(
      generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).privateKey,
    )
    this.#id = createHash('sha256')
      .update(this.#privateKey.export({ type: 'pkcs8', format: 'der' }))
      .digest()
  }

  get id(): string {
    return this.#id.toString('base64url')
  }

  /** `navigator.credentials.create` */
  register(options: PublicKeyCredentialCreationOptionsJSON, deviations: Deviations = {}): RegistrationResponseJSON {
    this.#userHandle = options.user.id
    const clientData = this.#clientData('webauthn.create', options.challenge, deviations)
    const { x, y } = this.#privateKey.export({ format: 'jwk' }) as { x: string; y: string }
    const cose = map([
      [integer(1), integer(2)],
      [integer(3), integer(-7)],
      [integer(-1), integer(1)],
      [integer(-2), bytes(Buffer.from(x, 'base64url'))],
      [integer(-3), bytes(Buffer.from(y, 'base64url'))],
    ])
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.of(0, this.#id.length), this.#id, cose])
    const authData = this.#authenticatorData(options.rp.id ?? '', hasCredential, credential, deviations)
    const attestationObject = map([
      [text('fmt'), text('none')],
      [text('attStmt'), map([])],
      [text('authData'), bytes(authData)],
    ])
    return {
      ...{ id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {} },
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  /** `navigator.credentials.get` */
  answer(options: PublicKeyCredentialRequestOptionsJSON, deviations: Deviations = {}): AuthenticationResponseJSON {
    this.#counter++
    const clientData = this.#clientData('webauthn.get', options.challenge, deviations)
    const authData = this.#authenticatorData(options.rpId ?? '', 0, Buffer.alloc(0), deviations)
    const key = deviations.forged === true ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.#privateKey
    const signature = sign('sha256', Buffer.concat([authData, createHash('sha256').update(clientData).digest()]), key)
    return {
      ...{ id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {} },
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: deviations.userHandle ?? this.#userHandle,
      },
    }
  }

  #clientData(type: string, challenge: string, deviations: Deviations): Buffer {
    return Buffer.from(
      JSON.stringify({ type, challenge: deviations.challenge ?? challenge, origin: deviations.origin ?? this.#origin, crossOrigin: false }),
    )
  }

  #authenticatorData(rpId: string, extraFlags: number, credential: Buffer, deviations: Deviations): Buffer {
    const flags = userPresent | (deviations.userVerified === false ? 0 : userVerified) | extraFlags
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(deviations.counter ?? this.#counter)
    const rpIdHash = createHash('sha256')
      .update(deviations.rpId ?? rpId)
      .digest()
    return Buffer.concat([rpIdHash, Buffer.of(flags), counter, credential])
  }
}

// CBOR (RFC 8949), as much as WebAuthn needs.
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.of((major << 5) | value)
  return value < 256 ? Buffer.of((major << 5) | 24, value) : Buffer.of((major << 5) | 25, value >> 8, value & 255)
}

function integer(value: number): Buffer {
  return value >= 0 ? head(0, value) : head(1, -1 - value)
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([head(2, value.length), value])
}

function text(value: string): Buffer {
  return Buffer.concat([head(3, value.length), Buffer.from(value)])
}

function map(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flat()])
}
