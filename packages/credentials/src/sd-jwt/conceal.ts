import { bytesToBase64url, type Json } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type RandomSource, randomBelow } from '../random-below.ts'
import { type ClaimPath, type ExactPath, namesPlace } from './claim-path.ts'
import { type Disclosure, makeDisclosure, reservedNames } from './disclosure.ts'

/** Claims with digests in the place of what is disclosable. */
export interface Concealed {
  readonly payload: JsonObject
  readonly disclosures: readonly Disclosure[]
}

const saltBytes = 16
const digestBytes = 32

/**
 * Replaces claims by digests, inner ones first, so that a disclosure may hold digests of others (RFC 9901 §4.2.6).
 *
 * @param options.disclosable - what becomes a disclosure of its own; a path that names nothing here is passed over
 * @param options.decoys - digests of nothing added wherever something is concealed, so that their number tells less
 * @param options.random - cryptographic random bytes
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED`: a claim with a reserved name
 */
export function conceal(
  claims: JsonObject,
  options: { disclosable: readonly ClaimPath[]; decoys: number; random: RandomSource },
): Concealed {
  const { disclosable, decoys, random } = options
  const disclosures: Disclosure[] = []

  function disclose(name: string | undefined, value: Json): string {
    const disclosure = makeDisclosure(random(saltBytes), name, value)
    disclosures.push(disclosure)
    return disclosure.digest
  }

  function makeDecoys(): string[] {
    return Array.from({ length: decoys }, () => bytesToBase64url(random(digestBytes)))
  }

  function isDisclosable(place: ExactPath): boolean {
    return disclosable.some(path => namesPlace(path, place))
  }

  function concealObject(object: JsonObject, place: ExactPath): JsonObject {
    const shown: [string, Json][] = []
    const digests: string[] = []
    for (const [name, value] of Object.entries(object)) {
      if (reservedNames.includes(name)) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'a claim bears a reserved name')
      const inside = [...place, name]
      const inner = concealValue(value, inside)
      if (isDisclosable(inside)) digests.push(disclose(name, inner))
      else shown.push([name, inner])
    }
    // Sorted, so that the order of digests does not tell the order of claims (RFC 9901 §4.2.4.1).
    if (digests.length > 0) shown.push(['_sd', [...digests, ...makeDecoys()].sort()])
    return Object.fromEntries(shown)
  }

  function concealArray(array: readonly Json[], place: ExactPath): readonly Json[] {
    const concealed: Json[] = array.map((value, index) => {
      const inner = concealValue(value, [...place, index])
      return isDisclosable([...place, index]) ? { '...': disclose(undefined, inner) } : inner
    })
    const hidesSomething = array.some((_, index) => isDisclosable([...place, index]))
    for (const digest of hidesSomething ? makeDecoys() : [])
      concealed.splice(randomBelow(concealed.length + 1, random), 0, { '...': digest })
    return concealed
  }

  function concealValue(value: Json, place: ExactPath): Json {
    if (Array.isArray(value)) return concealArray(value, place)
    return isJsonObject(value) ? concealObject(value, place) : value
  }

  return { payload: concealObject(claims, []), disclosures }
}
