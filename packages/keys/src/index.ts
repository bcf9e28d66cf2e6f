export { joseAlgorithm, type KeyAlgorithm, publicKeyLength, signatureLength } from './algorithm.ts'
export { KeyError, type KeyErrorCode } from './errors.ts'
export {
  jwkThumbprint,
  type PublicJwk,
  type PublicKey,
  parsePublicKey,
  publicKeyFromJwk,
  publicKeyFromMultikey,
  publicKeyToJwk,
  publicKeyToMultikey,
} from './public-key.ts'
export { isBsnSignatureValid, secp256k1KeyOf, signAsBsn } from './secp256k1/bsn-signature.ts'
export {
  ethereumAddressOf,
  parseSecp256k1Key,
  type Secp256k1Jwk,
  type Secp256k1Key,
  secp256k1FromDecimal,
  secp256k1FromJwk,
  secp256k1FromMultikey,
  secp256k1ToDecimal,
  secp256k1ToJwk,
  secp256k1ToMultikey,
} from './secp256k1/secp256k1-key.ts'
export { generateSecret, generateSigner, importSigner, type Signer, subtleSigner } from './signer.ts'
export { isSignatureValid } from './verify-signature.ts'
