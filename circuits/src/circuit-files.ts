import type { CircuitName } from '@hufu/proofs'

/** Where the compiled circuit is: for `readFile` or `fetch`. */
export function circuitFile(name: CircuitName): URL {
  return new URL(`../compiled/${name}.circuit`, import.meta.url)
}

/** Where the proving key of the development set-up is: anybody knows its secret, so it proves nothing on a network that counts. */
export function developmentKeyFile(name: CircuitName): URL {
  return new URL(`../development-keys/${name}.key`, import.meta.url)
}

/** Where the verifying key of the development set-up is. */
export function developmentVerifyingKeyFile(name: CircuitName): URL {
  return new URL(`../development-keys/${name}.verifying-key`, import.meta.url)
}
