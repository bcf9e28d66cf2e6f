import { isJsonObject, type JsonObject } from '../json-object.ts'
import {
  checkContext,
  checkNames,
  checkOptionalId,
  checkOptionalTime,
  checkParty,
  checkTypes,
  type DataModel,
  isUrl,
  listOfObjects,
  malformed,
} from './form.ts'
import { checkJsonLimits } from './json-limits.ts'
import { checkRelatedResources } from './related-resources.ts'

/** A credential whose structure has been checked, its proofs aside. */
export interface CredentialForm {
  readonly document: JsonObject
  readonly model: DataModel
  /** URL, a DID in this network. */
  readonly issuer: string
  /** Without `VerifiableCredential`. */
  readonly types: readonly string[]
  readonly validFromMs: number | undefined
  readonly validUntilMs: number | undefined
  readonly subjects: readonly JsonObject[]
  readonly statuses: readonly JsonObject[]
  readonly hasInlineContext: boolean
}

/** Members whose values must name their type (VCDM 2.0 §4.5), and may have an id. */
const typedMembers = ['termsOfUse', 'refreshService', 'evidence', 'confidenceMethod', 'renderMethod'] as const

/**
 * Checks a credential against every structural rule of the VC Data Model 2.0, or 1.1 if its first context says so.
 * Whether its terms are defined is for canonicalization to find out.
 *
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED` naming the member, `ERR_CREDENTIAL_TOO_LARGE`, `ERR_CREDENTIAL_CONTEXT`, `ERR_CREDENTIAL_RESOURCE`
 * @see https://www.w3.org/TR/vc-data-model-2.0/#basic-concepts
 */
export function checkCredentialForm(credential: unknown): CredentialForm {
  if (!isJsonObject(credential)) malformed('credential', 'an object')
  checkJsonLimits(credential)
  const model = checkContext(credential['@context'])
  const types = checkTypes(credential.type, 'type')
  if (!types.includes('VerifiableCredential')) malformed('type', 'VerifiableCredential among the types')
  checkOptionalId(credential, '')
  if (model === '2.0') checkNames(credential, '')
  const { validFromMs, validUntilMs } = checkValidity(credential, model)
  const statuses = checkTyped(credential, 'credentialStatus')
  for (const schema of checkTyped(credential, 'credentialSchema')) if (!isUrl(schema.id)) malformed('credentialSchema.id', 'a URL')
  for (const member of typedMembers) checkTyped(credential, member)
  checkRelatedResources(credential.relatedResource)
  return {
    document: credential,
    model,
    issuer: checkParty(credential.issuer, 'issuer'),
    types: types.filter(type => type !== 'VerifiableCredential'),
    validFromMs,
    validUntilMs,
    subjects: checkSubjects(credential.credentialSubject),
    statuses,
    hasInlineContext: (credential['@context'] as readonly unknown[]).some(isJsonObject),
  }
}

/** VCDM 2.0 §4.9: from not after until. VCDM 1.1 calls them issuanceDate, which it requires, and expirationDate. */
function checkValidity(credential: JsonObject, model: DataModel) {
  const [fromName, untilName] = model === '2.0' ? ['validFrom', 'validUntil'] : ['issuanceDate', 'expirationDate']
  const validFromMs = checkOptionalTime(credential[fromName], fromName)
  const validUntilMs = checkOptionalTime(credential[untilName], untilName)
  if (model === '1.1' && validFromMs === undefined) malformed('issuanceDate', 'a date and time')
  if (validFromMs !== undefined && validUntilMs !== undefined && validFromMs > validUntilMs)
    malformed(untilName, `a time not before ${fromName}`)
  return { validFromMs, validUntilMs }
}

function checkSubjects(value: unknown): readonly JsonObject[] {
  const subjects = listOfObjects(value, 'credentialSubject')
  if (subjects.length === 0) malformed('credentialSubject', 'an object or a list of objects')
  for (const subject of subjects) {
    if (Object.keys(subject).length === 0) malformed('credentialSubject', 'at least one claim on each subject')
    checkOptionalId(subject, 'credentialSubject.')
  }
  return subjects
}

function checkTyped(credential: JsonObject, member: string): readonly JsonObject[] {
  const items = listOfObjects(credential[member], member)
  for (const item of items) {
    checkTypes(item.type, `${member}.type`)
    checkOptionalId(item, `${member}.`)
  }
  return items
}
