import { importSigner, type KeyAlgorithm, type Signer } from '@hufu/keys'
import { sha256, utf8ToBytes } from '@hufu/primitives'

/** A key that is the same in every run: the hash of its name. Never for anything but tests. */
export function fixedSigner(name: string, algorithm: KeyAlgorithm = 'P-256'): Promise<Signer> {
  return importSigner(algorithm, fixedSecret(name))
}

/** The secret of {@link fixedSigner}. */
export function fixedSecret(name: string): Uint8Array<ArrayBuffer> {
  return sha256(utf8ToBytes(`hufu test key: ${name}`))
}
