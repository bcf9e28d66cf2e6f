import { CredentialError } from '../errors.ts'

const maxListIdLength = 64

/**
 * Name of a published status list on the ledger: the last part of its URI's path.
 *
 * @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: it has none that the ledger takes
 */
export function statusListId(uri: string): string {
  const name = URL.parse(uri)?.pathname.split('/').at(-1) ?? ''
  if (!/^[A-Za-z0-9._:-]+$/.test(name) || name.length > maxListIdLength) {
    throw new CredentialError(
      'ERR_CREDENTIAL_STATUS_INVALID',
      `expected the path of a status list to end in a name of at most ${maxListIdLength} letters, digits and . _ : -`,
    )
  }
  return name
}
