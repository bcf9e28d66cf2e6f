import { base64urlToBytes, errorCode, type Json, parseJson } from '@hufu/primitives'
import { ProofError, type ProofErrorCode } from '../errors.ts'
import { type Scalar, scalarFromBytes, scalarSize } from '../field/scalar-field.ts'

/** A credential type's identifier, as the registry takes it. */
const typePattern = /^[A-Za-z0-9._:-]{1,32}$/
const didPattern = /^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200}$/

/** Where a value stands, for messages, and the code of its refusal. */
export interface Place {
  readonly path: string
  readonly code: ProofErrorCode
}

/** A refusal of what stands at a place; the message names place and expectation, never the value. */
export function refusal({ path, code }: Place, expected: string, cause?: unknown): ProofError {
  return new ProofError(code, `${path}: expected ${expected}`, cause === undefined ? {} : { cause })
}

/** The place of a member. */
export function memberOf({ path, code }: Place, name: string): Place {
  return { path: `${path}.${name}`, code }
}

/** Reads an object that has all required members and none but these and the optional ones. @throws ProofError with the place's code */
export function readMembers(
  json: unknown,
  place: Place,
  names: { readonly required: readonly string[]; readonly optional?: readonly string[] },
): Readonly<Record<string, Json>> {
  const object = readObject(json, place)
  const given = Object.keys(object)
  const known = [...names.required, ...(names.optional ?? [])]
  if (!names.required.every(name => Object.hasOwn(object, name)) || !given.every(name => known.includes(name)))
    throw refusal(place, `an object with ${names.required.join(', ')}${names.optional ? ` and perhaps ${names.optional.join(', ')}` : ''}`)
  return object
}

/** Reads an object of any members. @throws ProofError with the place's code */
export function readObject(json: unknown, place: Place): Readonly<Record<string, Json>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw refusal(place, 'an object')
  return json as Readonly<Record<string, Json>>
}

/** Reads a list of `least` to `most` members. @throws ProofError with the place's code */
export function readList(json: unknown, place: Place, least: number, most: number): readonly Json[] {
  if (!Array.isArray(json) || json.length < least || json.length > most) throw refusal(place, `a list of ${least} to ${most}`)
  return json as readonly Json[]
}

/** Reads well-formed text of `least` to `most` characters. @throws ProofError with the place's code */
export function readText(json: unknown, place: Place, least: number, most: number): string {
  if (typeof json !== 'string' || json.length < least || json.length > most || !json.isWellFormed())
    throw refusal(place, `text of ${least} to ${most} characters`)
  return json
}

/** Reads an integer. @throws ProofError with the place's code */
export function readInteger(json: unknown, place: Place, least: number, most: number): number {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < least || json > most)
    throw refusal(place, `an integer from ${least} to ${most}`)
  return json
}

/** Parses JSON of limited length. @throws ProofError with the place's code, or `ERR_PROOF_LIMIT` */
export function readJson(text: string, place: Place, maxLength: number): Json {
  if (text.length > maxLength) throw refusal({ ...place, code: 'ERR_PROOF_LIMIT' }, `at most ${maxLength} characters`)
  try {
    return parseJson(text, { maxLength, maxDepth: 16 })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refusal(place, 'JSON with unique names', cause)
  }
}

/** Reads a credential type's identifier. @throws ProofError with the place's code */
export function readTypeId(json: unknown, place: Place): string {
  if (typeof json !== 'string' || !typePattern.test(json)) throw refusal(place, '1 to 32 letters, digits, and . _ : -')
  return json
}

/** Reads a DID. @throws ProofError with the place's code */
export function readDid(json: unknown, place: Place): string {
  if (typeof json !== 'string' || !didPattern.test(json)) throw refusal(place, 'a DID')
  return json
}

/** Reads base64url of so many bytes, in its only form. @throws ProofError with the place's code */
export function readBytes(json: unknown, place: Place, length: number): Uint8Array<ArrayBuffer> {
  const expected = `base64url of ${length} bytes`
  if (typeof json !== 'string' || json.length !== Math.ceil((length * 4) / 3)) throw refusal(place, expected)
  try {
    return base64urlToBytes(json)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refusal(place, expected, cause)
  }
}

/** Reads base64url of a scalar. @throws ProofError with the place's code, or `ERR_PROOF_SCALAR` */
export function readScalar(json: unknown, place: Place): Scalar {
  return scalarFromBytes(readBytes(json, place, scalarSize))
}
