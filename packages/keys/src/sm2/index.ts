export { defaultSm2Id } from './sm2-digest.ts'
export {
  parseSm2PublicKey,
  type Sm2PublicJwk,
  type Sm2PublicKey,
  sm2JwkThumbprint,
  sm2PublicKeyFromJwk,
  sm2PublicKeyFromSpki,
  sm2PublicKeyToJwk,
  sm2PublicKeyToSpki,
} from './sm2-public-key.ts'
export { sm2SignatureFromDer, sm2SignatureToDer } from './sm2-signature-form.ts'
export {
  generateSm2Secret,
  importSm2Signer,
  type Sm2PrivateJwk,
  type Sm2Signer,
  sm2SecretToJwk,
  sm2SignerFromJwk,
} from './sm2-signer.ts'
export { sm2sm3 } from './sm2sm3.ts'
export { isSm2SignatureValid, type Sm2VerifyOptions } from './verify-sm2-signature.ts'
