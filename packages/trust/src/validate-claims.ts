import { bytesToHex, bytesToUtf8, errorCode, parseJson } from '@hufu/primitives'
import { compileCredentialSchema } from './credential-schema.ts'
import { TrustError } from './errors.ts'
import type { CredentialTypeVersion, TrustSource } from './trust-source.ts'

const maxSchemaLength = 16_384
const maxCompiled = 256
const compiled = new Map<string, (claims: unknown) => void>()

/**
 * Checks claims against the schema of their credential type.
 *
 * @param options.version - default the latest
 * @param options.partial - true where a holder may keep claims back; default false
 * @returns the version whose schema they follow, as evidence
 * @throws ClaimsError `ERR_TRUST_CLAIMS`: with each failure
 * @throws TrustError `ERR_TRUST_TYPE_UNKNOWN`: no such type or version; `ERR_TRUST_SCHEMA`: what is registered cannot be used
 * @throws LedgerError `ERR_LEDGER_UNREACHABLE`, `ERR_LEDGER_ANSWER`: the source could not tell
 */
export async function validateClaims(
  source: TrustSource,
  typeId: string,
  claims: Readonly<Record<string, unknown>>,
  options: { version?: number | 'latest'; partial?: boolean } = {},
): Promise<CredentialTypeVersion> {
  const { version = 'latest', partial = false } = options
  const type = await source.findCredentialType(typeId, version)
  if (type === null) throw new TrustError('ERR_TRUST_TYPE_UNKNOWN', 'the credential type or that version of it is not registered')
  checkerOf(type, partial)(claims)
  return type
}

/** Compiling is dear, and a bureau issues thousands by one schema: the last 256 are kept. */
function checkerOf({ schema, schemaHash }: CredentialTypeVersion, partial: boolean): (claims: unknown) => void {
  const name = `${bytesToHex(schemaHash)}:${partial}`
  const before = compiled.get(name)
  if (before !== undefined) return before
  const checker = compileCredentialSchema(jsonOf(schema), partial)
  if (compiled.size >= maxCompiled) compiled.delete(compiled.keys().next().value!)
  compiled.set(name, checker)
  return checker
}

function jsonOf(schema: Uint8Array): unknown {
  try {
    return parseJson(bytesToUtf8(schema), { maxLength: maxSchemaLength })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new TrustError('ERR_TRUST_SCHEMA', 'schema: expected JSON', { cause })
  }
}
