import { sm2PublicKeyFromJwk } from './sm2-public-key.ts'
import { isSm2SignatureValid } from './verify-sm2-signature.ts'

/**
 * SM2 with SM3 as an algorithm of JSON Web Signatures: r‖s in 64 bytes, identifier `1234567812345678`. The name stands in no registry. For whoever accepts
 * it from partners; we sign nothing with it.
 */
export const sm2sm3 = { algorithm: 'SM2SM3', keyFromJwk: sm2PublicKeyFromJwk, isSignatureValid: isSm2SignatureValid } as const
