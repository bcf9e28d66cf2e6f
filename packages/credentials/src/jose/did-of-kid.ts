const didUrl = /^(did:[a-z0-9]+:[A-Za-z0-9._:%-]+)#[A-Za-z0-9._~!$&'()*+,;=:@/?%-]+$/

/** The DID of a key identifier that is an absolute DID URL without path and query, such as `did:neo:pilot:N…#key-1`; undefined for anything else. */
export function didOfKid(kid: string): string | undefined {
  return didUrl.exec(kid)?.[1]
}
