export { createDid } from './create-did.ts'
export { deactivateDid } from './deactivate-did.ts'
export { type DidRecord, decodeRecord } from './decode-record.ts'
export { type DereferencingResult, dereference } from './dereference-did-url.ts'
export {
  type DidDocument,
  type ResolvedDocument,
  type Service,
  type VerificationMethod,
  type VerificationPurpose,
  verificationPurposes,
} from './did-document.ts'
export { type DidProof, type OpenedProof, openDidProof } from './did-proof.ts'
export type { DidMoment, DidOperation, DidSource, DidState } from './did-state.ts'
export { DidError, type DidErrorCode } from './errors.ts'
export { type DidControl, findControl } from './find-control.ts'
export { findVerificationKey, type VerificationKey } from './find-verification-key.ts'
export { ledgerSource } from './ledger-source.ts'
export { BsnDidService, type BsnDidServiceOptions } from './other/bsn/bsn-did-service.ts'
export { didBsnDriver } from './other/bsn/did-bsn.ts'
export {
  type DidAssurance,
  type DidAssurancePolicy,
  requireDidAssurance,
} from './other/did-assurance.ts'
export type { DidDriver, OtherDidDocument } from './other/did-driver.ts'
export { didNeoDriver } from './other/did-neo.ts'
export { type DidAnswerSource, DidResolver, type DidResolverOptions, type OtherDidResolution } from './other/did-resolver.ts'
export { didEthrDriver } from './other/ethr/did-ethr.ts'
export type { EthrAnswer, EthrBlock, EthrLog, EthrRegistry } from './other/ethr/ethr-registry.ts'
export { findOtherKey } from './other/find-other-key.ts'
export { dereferenceOther, resolveOther } from './other/resolve-other.ts'
export { didJwkDriver } from './other/self-certifying/did-jwk.ts'
export { didKeyDriver } from './other/self-certifying/did-key.ts'
export { type DidWebOptions, didWebDriver } from './other/web/did-web.ts'
export { accountOfDid, type Did, didOf, networkOfDid, parseDid } from './parse-did.ts'
export { type DidUrl, parseDidUrl, parseDidUrlQuery } from './parse-did-url.ts'
export { maxDocumentBytes, parseStoredDocument } from './parse-stored-document.ts'
export { prepareDocument } from './prepare-document.ts'
export { type DidProblem, internalProblem, problemOfError } from './problem-of-error.ts'
export { type DocumentMediaType, documentMediaTypes, produceDocument } from './produce-document.ts'
export { type DidProver, type ProvenState, provenSource } from './proven-source.ts'
export { finishRecovery, type RecoveryStep, startRecovery, vetoRecovery } from './recover-did.ts'
export type { RecoveryTerms } from './recovery-terms.ts'
export type { OptionTexts } from './resolution-options.ts'
export { type ResolutionResult, resolve, resolveWithProof } from './resolution-result.ts'
export { type DidResolution, type DocumentMetadata, resolveDid } from './resolve-did.ts'
export { rotateDid } from './rotate-did.ts'
export { setRecovery } from './set-recovery.ts'
export type { DidChange, DidLedger, DidWrite, SponsorOptions } from './submit-did-call.ts'
export { updateDid } from './update-did.ts'
