import { CredentialError } from '../errors.ts'
import { type ParsedJwt, parseJwt } from '../jose/parse-jwt.ts'
import { type Disclosure, parseDisclosure } from './disclosure.ts'

/** An SD-JWT or SD-JWT+KB taken apart; nothing is checked against signatures or digests yet. */
export interface ParsedSdJwt {
  readonly jwt: ParsedJwt
  readonly disclosures: readonly Disclosure[]
  /** The holder's proof; undefined for a credential without one. */
  readonly keyBinding: ParsedJwt | undefined
  /** Everything before the holder's proof: what its `sd_hash` covers. */
  readonly content: string
}

/** The `typ` of an SD-JWT VC (SD-JWT VC §2.2.1). */
export const sdJwtVcType = 'dc+sd-jwt'

/** The `typ` of a holder's proof (RFC 9901 §4.3). */
export const keyBindingType = 'kb+jwt'

const maxLength = 262_144
const maxDisclosures = 1024

/**
 * Parses the compact form `<issuer-signed JWT>~<disclosure>~…~<key binding JWT or nothing>` (RFC 9901 §4).
 *
 * @param text - at most 262,144 characters and 1,024 disclosures
 * @param options.type - `typ` of the issuer-signed JWT; default `dc+sd-jwt`
 * @throws CredentialError `ERR_CREDENTIAL_TOO_LARGE`, `ERR_CREDENTIAL_MALFORMED`, and as `parseJwt`
 */
export function parseSdJwt(text: string, { type = sdJwtVcType }: { type?: string } = {}): ParsedSdJwt {
  if (text.length > maxLength) throw new CredentialError('ERR_CREDENTIAL_TOO_LARGE', `credential is longer than ${maxLength} characters`)
  const parts = text.split('~')
  if (parts.length < 2) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'expected an SD-JWT with a tilde after the JWT')
  if (parts.length - 2 > maxDisclosures)
    throw new CredentialError('ERR_CREDENTIAL_TOO_LARGE', `credential has more than ${maxDisclosures} disclosures`)
  const proof = parts.at(-1)!
  return {
    jwt: parseJwt(parts[0]!, { type }),
    disclosures: parts.slice(1, -1).map(parseDisclosure),
    keyBinding: proof === '' ? undefined : parseJwt(proof, { type: keyBindingType }),
    content: text.slice(0, text.length - proof.length),
  }
}
