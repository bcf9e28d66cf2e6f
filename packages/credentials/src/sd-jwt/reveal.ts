import type { Json } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { ExactPath } from './claim-path.ts'
import { type Disclosure, reservedNames } from './disclosure.ts'

/** A disclosure and the place of its claim. */
export interface PlacedDisclosure {
  readonly disclosure: Disclosure
  readonly place: ExactPath
}

/** What a payload says once its disclosures are put in place. */
export interface Revealed {
  readonly claims: JsonObject
  /** In the order of places, outer ones first. */
  readonly placed: readonly PlacedDisclosure[]
  /** True if every digest had its disclosure: nothing was kept back, and there were no decoys. */
  readonly complete: boolean
}

const maxDepth = 64

/**
 * Puts disclosures in the place of their digests and removes the digests left over (RFC 9901 §7.1 steps 3 to 5).
 *
 * @throws CredentialError `ERR_CREDENTIAL_DISCLOSURE`: a disclosure that stands twice, belongs nowhere, is of the wrong kind for its place or takes a name
 *   that exists there; a digest that stands twice. `ERR_CREDENTIAL_MALFORMED`: `_sd`, `_sd_alg` or `...` misused
 */
export function reveal(payload: JsonObject, disclosures: readonly Disclosure[]): Revealed {
  if (payload._sd_alg !== undefined && payload._sd_alg !== 'sha-256')
    throw new CredentialError('ERR_CREDENTIAL_ALGORITHM', 'expected digests by sha-256')
  const revelation = new Revelation(disclosures)
  const claims = revelation.object(payload, [])
  if (revelation.placed.length !== disclosures.length)
    throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', 'a disclosure belongs nowhere in the credential')
  return { claims, placed: revelation.placed, complete: revelation.complete }
}

class Revelation {
  readonly placed: PlacedDisclosure[] = []
  complete = true
  readonly #byDigest: ReadonlyMap<string, Disclosure>
  readonly #seen = new Set<string>()

  constructor(disclosures: readonly Disclosure[]) {
    this.#byDigest = new Map(disclosures.map(disclosure => [disclosure.digest, disclosure]))
    if (this.#byDigest.size !== disclosures.length) throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', 'a disclosure stands twice')
  }

  object(object: JsonObject, place: ExactPath): JsonObject {
    const members: Record<string, Json> = {}
    for (const name of Object.keys(object)) {
      if (name === '_sd' || (name === '_sd_alg' && place.length === 0)) continue
      if (reservedNames.includes(name)) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'a claim bears a reserved name')
      members[name] = this.#value(object[name]!, place, name)
    }
    for (const digest of digestsOf(object)) {
      const disclosure = this.#take(digest)
      if (disclosure === undefined) continue
      const { name, value } = disclosure
      if (name === undefined)
        throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', "an array element's disclosure stands for an object's member")
      if (Object.hasOwn(members, name))
        throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', 'a disclosure takes a name that exists in its place')
      this.placed.push({ disclosure, place: [...place, name] })
      members[name] = this.#value(value, place, name)
    }
    return members
  }

  #array(array: readonly Json[], place: ExactPath): readonly Json[] {
    const elements: Json[] = []
    for (const element of array) {
      if (!isJsonObject(element) || !Object.hasOwn(element, '...')) {
        elements.push(this.#value(element, place, elements.length))
        continue
      }
      const digest = element['...']
      if (typeof digest !== 'string' || Object.keys(element).length !== 1)
        throw new CredentialError('ERR_CREDENTIAL_MALFORMED', "an array element's digest is malformed")
      const disclosure = this.#take(digest)
      if (disclosure === undefined) continue
      if (disclosure.name !== undefined)
        throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', "an object member's disclosure stands for an array's element")
      this.placed.push({ disclosure, place: [...place, elements.length] })
      elements.push(this.#value(disclosure.value, place, elements.length))
    }
    return elements
  }

  #value(value: Json, outside: ExactPath, step: string | number): Json {
    if (typeof value !== 'object' || value === null) return value
    // Each disclosure is limited in depth, but they nest into one another.
    if (outside.length >= maxDepth) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', `claims are nested over ${maxDepth} levels`)
    const place = [...outside, step]
    return Array.isArray(value) ? this.#array(value, place) : this.object(value as JsonObject, place)
  }

  #take(digest: string): Disclosure | undefined {
    if (this.#seen.has(digest)) throw new CredentialError('ERR_CREDENTIAL_DISCLOSURE', 'a digest stands twice')
    this.#seen.add(digest)
    const disclosure = this.#byDigest.get(digest)
    if (disclosure === undefined) this.complete = false
    return disclosure
  }
}

function digestsOf(object: JsonObject): readonly string[] {
  const digests = Object.hasOwn(object, '_sd') ? object._sd : []
  if (!Array.isArray(digests) || !digests.every(digest => typeof digest === 'string'))
    throw new CredentialError('ERR_CREDENTIAL_MALFORMED', '_sd is not an array of texts')
  return digests
}
