/** Signature suites: ECDSA over P-256 with SHA-256 (JOSE `ES256`, and Neo's own) and Ed25519 (JOSE `EdDSA`). */
export type KeyAlgorithm = 'P-256' | 'Ed25519'

/** Length of a public key in bytes: P-256 compressed (SEC 1), Ed25519 raw (RFC 8032). */
export const publicKeyLength: Readonly<Record<KeyAlgorithm, number>> = { 'P-256': 33, Ed25519: 32 }

/** Length of a signature in bytes, both suites: r‖s (IEEE P1363) or R‖S. */
export const signatureLength = 64

/** The name JOSE headers use (RFC 7518 §3.1, RFC 8037 §3.1). */
export const joseAlgorithm: Readonly<Record<KeyAlgorithm, 'ES256' | 'EdDSA'>> = { 'P-256': 'ES256', Ed25519: 'EdDSA' }
