import { dateTimeToMs, errorCode } from '@hufu/primitives'
import { type VerificationPurpose, verificationPurposes } from './did-document.ts'
import type { DidMoment } from './did-state.ts'
import { DidError } from './errors.ts'
import { type DocumentMediaType, documentMediaTypes } from './produce-document.ts'

/** Options of resolving and dereferencing as text, by the names of DID Resolution. */
export type OptionTexts = ReadonlyMap<string, string>

/** The options, parsed. */
export interface ResolutionOptions {
  readonly moment: DidMoment
  /** Media type of the document wanted; undefined: ours. */
  readonly accept: string | undefined
  readonly verificationRelationship: VerificationPurpose | undefined
}

const resolutionNames = ['accept', 'versionId', 'versionTime', 'expandRelativeUrls', 'noCache']
const versionPattern = /^[1-9][0-9]{0,8}$/
// DID Resolution, "Datetime": UTC. Fractions of a second are more than it asks for; block times have milliseconds.
const utcPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/

/**
 * Parses the options of resolving. `expandRelativeUrls` and `noCache` change nothing: stored ids are absolute, and answers are fresh.
 *
 * @param further - names of options that this use has beside those of resolving
 * @throws DidError `ERR_DID_FEATURE`: an option nobody here knows; `ERR_DID_OPTIONS`: a value that is not of its form, or two that exclude each other
 */
export function parseResolutionOptions(options: OptionTexts, further: readonly string[] = []): ResolutionOptions {
  for (const name of options.keys()) {
    if (!resolutionNames.includes(name) && !further.includes(name))
      throw new DidError('ERR_DID_FEATURE', 'expected only options that this resolver knows')
  }
  for (const name of ['expandRelativeUrls', 'noCache']) {
    if (!['true', 'false', undefined].includes(options.get(name))) throw new DidError('ERR_DID_OPTIONS', `${name}: expected true or false`)
  }
  return {
    moment: parseMoment(options),
    accept: options.get('accept'),
    verificationRelationship: parsePurpose(options.get('verificationRelationship')),
  }
}

/** The document's media type that was asked for. @throws DidError `ERR_DID_REPRESENTATION` */
export function parseDocumentMediaType(accept: string | undefined): DocumentMediaType {
  const mediaType = accept === undefined ? documentMediaTypes[0] : documentMediaTypes.find(known => known === accept)
  if (mediaType === undefined) throw new DidError('ERR_DID_REPRESENTATION', `accept: expected one of ${documentMediaTypes.join(', ')}`)
  return mediaType
}

function parseMoment(options: OptionTexts): DidMoment {
  const versionId = options.get('versionId')
  const versionTime = options.get('versionTime')
  if (versionId !== undefined && versionTime !== undefined)
    throw new DidError('ERR_DID_OPTIONS', 'expected versionId or versionTime, not both')
  if (versionId !== undefined) {
    if (!versionPattern.test(versionId)) throw new DidError('ERR_DID_OPTIONS', 'versionId: expected a number from 1 without leading zeros')
    return { version: Number(versionId) }
  }
  return versionTime === undefined ? 'latest' : { timeMs: parseVersionTime(versionTime) }
}

function parseVersionTime(text: string): number {
  try {
    if (utcPattern.test(text)) return dateTimeToMs(text)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw new DidError('ERR_DID_OPTIONS', 'versionTime: expected a date and time in UTC, such as 2026-03-03T14:02:00Z')
}

function parsePurpose(text: string | undefined): VerificationPurpose | undefined {
  if (text === undefined) return undefined
  const purpose = verificationPurposes.find(known => known === text)
  if (purpose === undefined)
    throw new DidError('ERR_DID_OPTIONS', `verificationRelationship: expected one of ${verificationPurposes.join(', ')}`)
  return purpose
}
