import type { JsonObject } from '@hufu/credentials'
import { ServiceError } from '@hufu/service'
import { type KeptPurpose, keptPurposes } from './status-keeper.ts'

/** A request to issue: VC API, "Issue Credential". */
export interface IssueRequest {
  readonly credential: JsonObject
  /** Under which the credential can be spoken of later, here alone. */
  readonly credentialId: string | undefined
}

/** @throws ServiceError `ERR_SERVICE_REQUEST` */
export function readIssueRequest(body: unknown): IssueRequest {
  const { credential, options = {} } = objectOf(body, 'body')
  const document = objectOf(credential, 'credential')
  const { credentialId = document.id, mandatoryPointers } = objectOf(options, 'options')
  if (mandatoryPointers !== undefined) throw refused('options.mandatoryPointers', 'none: selective disclosure is not offered here')
  return { credential: document, credentialId: typeof credentialId === 'string' ? credentialId : undefined }
}

/** A request to verify a credential. Options that only choose what the answer shows are passed over. */
export interface VerifyCredentialRequest {
  readonly verifiableCredential: unknown
  readonly domain: string | undefined
  readonly challenge: string | undefined
  readonly returnCredential: boolean
}

/** @throws ServiceError `ERR_SERVICE_REQUEST` */
export function readVerifyCredentialRequest(body: unknown): VerifyCredentialRequest {
  const { verifiableCredential, options = {} } = objectOf(body, 'body')
  if (verifiableCredential === undefined) throw refused('verifiableCredential', 'a credential')
  const { domain, challenge, returnCredential } = objectOf(options, 'options')
  return {
    verifiableCredential,
    domain: optionalText(domain, 'options.domain'),
    challenge: optionalText(challenge, 'options.challenge'),
    returnCredential: returnCredential === true,
  }
}

/** A request to verify a presentation: who asked for it, and what was to be signed, must be said. */
export interface VerifyPresentationRequest {
  readonly verifiablePresentation: unknown
  readonly domain: string
  readonly challenge: string
  readonly returnPresentation: boolean
}

/** @throws ServiceError `ERR_SERVICE_REQUEST` */
export function readVerifyPresentationRequest(body: unknown): VerifyPresentationRequest {
  const { verifiablePresentation, options = {} } = objectOf(body, 'body')
  if (verifiablePresentation === undefined) throw refused('verifiablePresentation', 'a signed presentation')
  const { domain, challenge, returnPresentation } = objectOf(options, 'options')
  if (typeof domain !== 'string' || domain === '') throw refused('options.domain', 'the verifier that the presentation is for')
  if (typeof challenge !== 'string' || challenge === '') throw refused('options.challenge', 'what the verifier asked to be signed')
  return { verifiablePresentation, domain, challenge, returnPresentation: returnPresentation === true }
}

/** A request to set or clear a status. */
export interface StatusRequest {
  readonly credentialId: string
  readonly purpose: KeptPurpose
  readonly isSet: boolean
}

/** @throws ServiceError `ERR_SERVICE_REQUEST` */
export function readStatusRequest(body: unknown): StatusRequest {
  const { credentialId, credentialStatus, status = true } = objectOf(body, 'body')
  if (typeof credentialId !== 'string') throw refused('credentialId', 'text')
  if (typeof status !== 'boolean') throw refused('status', 'true or false')
  const { statusPurpose } = objectOf(credentialStatus, 'credentialStatus')
  const purpose = keptPurposes.find(kept => kept === statusPurpose)
  if (purpose === undefined) throw refused('credentialStatus.statusPurpose', `one of ${keptPurposes.join(', ')}`)
  return { credentialId, purpose, isSet: status }
}

function objectOf(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(path, 'an object')
  return value as JsonObject
}

function optionalText(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw refused(path, 'text')
}

function refused(path: string, expectation: string): ServiceError {
  return new ServiceError('ERR_SERVICE_REQUEST', `${path}: expected ${expectation}`)
}
