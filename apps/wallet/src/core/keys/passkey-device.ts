import { randomBytes } from '@hufu/primitives'
import { WalletError } from '../errors.ts'

/** A passkey that gives the same 32 secret bytes for the same salt (WebAuthn's extension PRF), after the person has confirmed. */
export interface PasskeyDevice {
  /** As far as the browser tells beforehand. */
  isSupported(): Promise<boolean>
  /**
   * Makes a passkey.
   *
   * @throws WalletError `ERR_WALLET_PASSKEY`: the person did not confirm; `ERR_WALLET_PASSKEY_UNSUPPORTED`: it gives no secret
   */
  create(
    salt: Uint8Array<ArrayBuffer>,
  ): Promise<{ readonly credentialId: Uint8Array<ArrayBuffer>; readonly secret: Uint8Array<ArrayBuffer> }>
  /** Throws as {@link create}. */
  secretOf(credentialId: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

const timeout = 120_000

/** The browser's. Nothing is sent to any server: challenge and user are random, and the answer's signature is not looked at. */
export function browserPasskeys(): PasskeyDevice {
  return {
    async isSupported() {
      if (typeof PublicKeyCredential === 'undefined') return false
      const capabilities = await PublicKeyCredential.getClientCapabilities?.()
      if (capabilities !== undefined && 'extension:prf' in capabilities) return capabilities['extension:prf'] === true
      return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()
    },
    async create(salt) {
      const made = await confirmed(() =>
        navigator.credentials.create({
          publicKey: {
            rp: { name: '虎符钱包 Hufu Wallet' },
            user: { id: randomBytes(16), name: 'hufu-wallet', displayName: '虎符钱包 Hufu Wallet' },
            challenge: randomBytes(32),
            pubKeyCredParams: [
              { type: 'public-key', alg: -7 },
              { type: 'public-key', alg: -257 },
            ],
            authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
            timeout,
            extensions: { prf: { eval: { first: salt } } },
          },
        }),
      )
      const { prf } = made.getClientExtensionResults()
      if (prf?.enabled !== true) throw unsupported()
      const credentialId = new Uint8Array(made.rawId)
      // Many authenticators give the secret only when they sign.
      return { credentialId, secret: secretIn(made) ?? (await secretOf(credentialId, salt)) }
    },
    secretOf,
  }
}

async function secretOf(credentialId: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await confirmed(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: randomBytes(32),
        allowCredentials: [{ type: 'public-key', id: credentialId }],
        userVerification: 'required',
        timeout,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  )
  const secret = secretIn(answer)
  if (secret === undefined) throw unsupported()
  return secret
}

async function confirmed(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let credential: Credential | null
  try {
    credential = await ask()
  } catch (cause) {
    throw new WalletError('ERR_WALLET_PASSKEY', 'passkey: not confirmed', { cause })
  }
  if (credential === null) throw new WalletError('ERR_WALLET_PASSKEY', 'passkey: not confirmed')
  return credential as PublicKeyCredential
}

function secretIn(credential: PublicKeyCredential): Uint8Array<ArrayBuffer> | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first
  if (first === undefined) return undefined
  const bytes = ArrayBuffer.isView(first) ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength) : new Uint8Array(first)
  return new Uint8Array(bytes)
}

function unsupported(): WalletError {
  return new WalletError('ERR_WALLET_PASSKEY_UNSUPPORTED', 'passkey: expected the extension PRF')
}
