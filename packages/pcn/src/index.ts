/**
 * The wire API of BSN's city nodes (PCN), for servers: {@link PcnClient} asks, {@link CallbackReceiver} is told, {@link PcnFabricChain} is the chain
 * behind one.
 *
 * @packageDocumentation
 */
export {
  CallbackReceiver,
  type CallbackReceiverOptions,
  callbackSuccess,
  type EventRegistration,
  type FabricCallback,
  type FiscoCallback,
  type SeenCallbacks,
} from './callback-receiver.ts'
export { appInfoEndpoint } from './endpoints/app-info.ts'
export type { AnswerOf, Endpoint, RequestOf } from './endpoints/endpoint.ts'
export { fabricCallbackBody, fabricEndpoints } from './endpoints/fabric-endpoints.ts'
export { fiscoCallbackBody, fiscoEndpoints } from './endpoints/fisco-endpoints.ts'
export { standInEndpoints } from './endpoints/stand-in-endpoints.ts'
export { openAnswer, sealAnswer, sealRefusal, unsealedAnswer } from './envelope/answer-envelope.ts'
export { openRequest, openUnsealedRequest, type RequestHeader, sealRequest } from './envelope/request-envelope.ts'
export { PcnError, type PcnErrorCode } from './errors.ts'
export { type FabricBlock, type FabricTransaction, parseFabricBlock, parseProcessedTransaction } from './fabric/fabric-block.ts'
export {
  type FabricCall,
  type FabricUser,
  fabricSignature,
  type SignedFabricProposal,
  serializedIdentity,
  signFabricProposal,
} from './fabric/fabric-proposal.ts'
export { PcnFabricChain, type PcnFabricChainOptions } from './fabric/pcn-fabric-chain.ts'
export { publicKeyOfPem, secretOfPem } from './mac/keys-of-pem.ts'
export { algorithmTypes, type MacAlgorithm } from './mac/mac-algorithm.ts'
export { importMacSigner, type MacSigner, r1MacSigner } from './mac/mac-signer.ts'
export { importMacVerifier, type MacVerifier } from './mac/mac-verifier.ts'
export { newNonce, PcnClient, type PcnClientOptions } from './pcn-client.ts'
export { type Post, type PostOptions, postOverTls } from './post-over-tls.ts'
export { macText } from './shape/mac-text.ts'
export type { RecordShape, Shape, ValueOf } from './shape/shape.ts'
