import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type CredentialForm, checkCredentialForm } from './credential-form.ts'
import { checkContext, checkOptionalId, checkParty, checkTypes, listOfObjects, malformed } from './form.ts'
import { checkJsonLimits } from './json-limits.ts'

/** A presentation whose structure has been checked, its proofs aside. */
export interface PresentationForm {
  readonly document: JsonObject
  /** URL, if the presentation names its holder. */
  readonly holder: string | undefined
  readonly credentials: readonly CredentialForm[]
  readonly hasInlineContext: boolean
}

const maxCredentials = 16

/**
 * Checks a presentation against every structural rule of the VC Data Model (2.0 §4.13), its credentials included.
 *
 * @throws CredentialError those of {@link checkCredentialForm}
 * @see https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations
 */
export function checkPresentationForm(presentation: unknown): PresentationForm {
  if (!isJsonObject(presentation)) malformed('presentation', 'an object')
  const { verifiableCredential, ...rest } = presentation
  checkJsonLimits(rest)
  checkContext(presentation['@context'])
  if (!checkTypes(presentation.type, 'type').includes('VerifiablePresentation')) malformed('type', 'VerifiablePresentation among the types')
  checkOptionalId(presentation, '')
  for (const terms of listOfObjects(presentation.termsOfUse, 'termsOfUse')) checkTypes(terms.type, 'termsOfUse.type')
  const credentials = listOfObjects(verifiableCredential, 'verifiableCredential')
  if (credentials.length > maxCredentials) malformed('verifiableCredential', `at most ${maxCredentials} credentials`)
  return {
    document: presentation,
    holder: presentation.holder === undefined ? undefined : checkParty(presentation.holder, 'holder'),
    credentials: credentials.map(checkCredentialForm),
    hasInlineContext: (presentation['@context'] as readonly unknown[]).some(isJsonObject),
  }
}
