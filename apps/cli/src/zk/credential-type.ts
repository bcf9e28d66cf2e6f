import { bytesToUtf8, parseJson } from '@hufu/primitives'
import { type AttributeLayout, readAttributeLayout } from '@hufu/proofs'
import { ledgerTrustSource } from '@hufu/trust'
import { CliError } from '../errors.ts'
import type { Session } from '../session.ts'

/**
 * How a credential type's claims become attributes, by its schema on the ledger.
 *
 * @throws CliError `ERR_CLI_USAGE`: no such type or version; ProofError `ERR_PROOF_ATTRIBUTE`
 */
export async function layoutOfType(
  { client, network }: Session,
  typeId: string,
  schemaVersion: number | 'latest' = 'latest',
): Promise<{ readonly version: number; readonly layout: AttributeLayout }> {
  const type = await ledgerTrustSource(client, network).findCredentialType(typeId, schemaVersion)
  if (type === null)
    throw new CliError(
      'ERR_CLI_USAGE',
      schemaVersion === 'latest' ? `there is no credential type ${typeId}` : `credential type ${typeId} has no version ${schemaVersion}`,
    )
  return { version: type.version, layout: readAttributeLayout(parseJson(bytesToUtf8(type.schema))) }
}
