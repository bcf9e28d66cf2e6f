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
export { generateSecret, generateSigner, importSigner, type Signer, subtleSigner } from './signer.ts'
export { isSignatureValid } from './verify-signature.ts'
