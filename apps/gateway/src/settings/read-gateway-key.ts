import { importSigner, type Signer } from '@hufu/keys'
import { base64urlToBytes, parseJson } from '@hufu/primitives'
import { isSealedKeyFile, openKeyFile, readConfiguredFile, ServiceError } from '@hufu/service'

/** A key of this gateway's, and the DID URL that names it. */
export interface GatewayKey {
  readonly id: string
  readonly signer: Signer
}

/** A key file as `main.ts --new-key` writes it. */
export interface KeyFile {
  readonly version: 1
  readonly id: string
  /** base64url of the P-256 secret. */
  readonly secret: string
}

/**
 * Reads the key that messages to one counterpart are signed with. The file may be sealed under the passphrase.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: it cannot be read, or is no key of this DID; `ERR_SERVICE_KEY`: it does not open with the passphrase
 */
export async function readGatewayKey(file: string, did: string, passphrase: string | undefined): Promise<GatewayKey> {
  const stored = await readConfiguredFile('GATEWAY_FILE, keyFile', file)
  const content = isSealedKeyFile(stored) ? await openKeyFile(stored, passphrase ?? missing()) : stored
  try {
    const { version, id, secret } = parseJson(content) as unknown as KeyFile
    if (version !== 1 || !id.startsWith(`${did}#`)) throw new TypeError('a key of another DID')
    return { id, signer: await importSigner('P-256', base64urlToBytes(secret)) }
  } catch {
    // The cause may quote the file, which holds a secret: it is not passed on.
    throw new ServiceError('ERR_SERVICE_CONFIG', `${file}: expected a key of P-256 of this gateway's DID`)
  }
}

function missing(): never {
  throw new ServiceError('ERR_SERVICE_CONFIG', 'KEY_PASSPHRASE_FILE: expected a file, for a key file is sealed')
}
