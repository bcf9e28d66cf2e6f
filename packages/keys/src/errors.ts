import { PlatformError } from '@hufu/primitives'

export type KeyErrorCode = 'ERR_KEY_MALFORMED' | 'ERR_KEY_ALGORITHM' | 'ERR_KEY_PRIVATE_MEMBER' | 'ERR_KEY_CIPHERTEXT'

/** A key that is not what it should be: not on its curve, of another algorithm, or private where a public one belongs; or a text that it did not seal. */
export class KeyError extends PlatformError<KeyErrorCode> {}
