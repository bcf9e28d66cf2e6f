export { type DereferencingResult, dereference } from './dereference-did-url.ts'
export {
  type DidDocument,
  type ResolvedDocument,
  type Service,
  type VerificationMethod,
  type VerificationPurpose,
  verificationPurposes,
} from './did-document.ts'
export type { DidMoment, DidOperation, DidSource, DidState } from './did-state.ts'
export { DidError, type DidErrorCode } from './errors.ts'
export { findVerificationKey, type VerificationKey } from './find-verification-key.ts'
export { accountOfDid, type Did, didOf, networkOfDid, parseDid } from './parse-did.ts'
export { type DidUrl, parseDidUrl, parseDidUrlQuery } from './parse-did-url.ts'
export { maxDocumentBytes, parseStoredDocument } from './parse-stored-document.ts'
export { prepareDocument } from './prepare-document.ts'
export { type DidProblem, internalProblem, problemOfError } from './problem-of-error.ts'
export { type DocumentMediaType, documentMediaTypes, produceDocument } from './produce-document.ts'
export type { OptionTexts } from './resolution-options.ts'
export { type ResolutionResult, resolve } from './resolution-result.ts'
export { type DidResolution, type DocumentMetadata, resolveDid } from './resolve-did.ts'
