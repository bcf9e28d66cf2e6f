import { bytesToUtf8, canonicalJsonBytes, errorCode, type Json, parseJson } from '@hufu/primitives'
import { ChaincodeError } from './errors.ts'

/** JSON that every peer writes in the same bytes. */
export function jsonBytes(value: object): Uint8Array {
  return canonicalJsonBytes(value)
}

/** JSON that this chaincode wrote. */
export function storedJson<T>(bytes: Uint8Array): T {
  return JSON.parse(bytesToUtf8(bytes)) as T
}

/** An argument that is JSON: an object of these members, and no others. @throws ChaincodeError `ERR_CHAINCODE_REQUEST` */
export function parseMembers<Name extends string>(text: string, names: readonly Name[]): Readonly<Record<Name, Json>> {
  const json = parseArgument(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw expected('a JSON object')
  const given = Object.keys(json)
  if (given.length !== names.length || !names.every(name => given.includes(name))) throw expected(`the members ${names.join(', ')}`)
  return json as Readonly<Record<Name, Json>>
}

/** An argument that is JSON. @throws ChaincodeError `ERR_CHAINCODE_REQUEST` */
export function parseArgument(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new ChaincodeError('ERR_CHAINCODE_REQUEST', 'expected JSON', { cause })
  }
}

export function expected(what: string): ChaincodeError {
  return new ChaincodeError('ERR_CHAINCODE_REQUEST', `expected ${what}`)
}
