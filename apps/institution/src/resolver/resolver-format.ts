import { documentMediaTypes } from '@hufu/did'
import { negotiate, type Offer } from './negotiate.ts'

/** What an answer looks like: a whole result, a result in the form of before 2025, or its content alone. */
export interface ResolverFormat extends Offer {
  readonly envelope: 'resolution' | 'dereferencing' | 'none'
  /** True for results whose errors are keywords, as in DID Core 1.0 and the Universal Resolver's first drivers. */
  readonly legacy: boolean
  /** Media type asked of the function `resolve` or `dereference`; undefined: theirs. */
  readonly accept?: string
}

const resolution: ResolverFormat = { type: 'application/did-resolution', envelope: 'resolution', legacy: false }
const dereferencing: ResolverFormat = { type: 'application/did-url-dereferencing', envelope: 'dereferencing', legacy: false }
const legacyResolution: ResolverFormat = {
  type: 'application/ld+json',
  profile: 'https://w3id.org/did-resolution',
  envelope: 'resolution',
  legacy: true,
  accept: 'application/did+ld+json',
}
const legacyDereferencing: ResolverFormat = {
  type: 'application/ld+json',
  profile: 'https://w3id.org/did-url-dereferencing',
  envelope: 'dereferencing',
  legacy: true,
  accept: 'application/did+ld+json',
}
const contents: readonly ResolverFormat[] = [...documentMediaTypes, 'text/uri-list'].map(type => ({
  type,
  envelope: 'none',
  legacy: false,
  accept: type,
}))

/** What refusals come as. */
export const refusalMediaTypes: readonly string[] = [
  'application/did-resolution',
  'application/did-url-dereferencing',
  'application/ld+json',
]

const forDid = [resolution, legacyResolution, dereferencing, legacyDereferencing, ...contents]
const forDidUrl = [dereferencing, legacyDereferencing, resolution, legacyResolution, ...contents]

/** The answer's format for an `Accept` header; undefined if none is acceptable. A caller without wishes gets the whole result. */
export function formatFor(accept: string | undefined, isDidUrl: boolean): ResolverFormat | undefined {
  return negotiate(accept, isDidUrl ? forDidUrl : forDid)
}

/** The format of an error where the caller accepts none of ours, or wants the content alone. */
export function errorFormat(format: ResolverFormat | undefined, isDidUrl: boolean): ResolverFormat {
  if (format !== undefined && format.envelope !== 'none') return format
  return isDidUrl ? dereferencing : resolution
}

/** The `Content-Type` of a format. */
export function contentTypeOf({ type, profile }: ResolverFormat): string {
  return profile === undefined ? type : `${type};profile="${profile}"`
}
