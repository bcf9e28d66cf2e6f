import { trust } from '@hufu/bindings'
import type { Write } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { checkCredentialSchema } from './credential-schema.ts'
import { TrustError } from './errors.ts'
import { type SigningAccounts, submitTrustCall, type TrustLedger } from './submit-trust-call.ts'
import { checkTrustName } from './trust-name.ts'

const maxSchemaBytes = 16_384

/**
 * Adds a version of a credential type. The council signs. Earlier versions stay.
 *
 * @param options.version - 1 for a new type, or the latest plus one
 * @param options.schema - JSON Schema 2020-12 of the claims; stored as canonical JSON, whose SHA-256 is the schema hash
 * @throws TrustError `ERR_TRUST_ARGUMENT`, `ERR_TRUST_SCHEMA`: nothing was sent; `ERR_TRUST_VERSION_CONFLICT`, `ERR_TRUST_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function registerCredentialType(
  ledger: TrustLedger,
  options: { typeId: string; version: number; schema: unknown } & SigningAccounts,
): Promise<Write> {
  const { typeId, version, schema: json } = options
  checkTrustName(typeId, 'typeId')
  const schema = canonicalJsonBytes(checkCredentialSchema(json))
  if (schema.length > maxSchemaBytes)
    throw new TrustError('ERR_TRUST_SCHEMA', `schema: expected at most ${maxSchemaBytes} bytes of canonical JSON`)
  const call = trust(ledger.network.contracts.trust.hash).registerCredentialType({ typeId, version: BigInt(version), schema })
  return submitTrustCall(ledger, call, options, [typeId, version, json])
}
