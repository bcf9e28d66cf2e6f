/** How macs are made: SM2 with SM3, or ECDSA with SHA-256 over secp256r1 or secp256k1. */
export type MacAlgorithm = 'SM2' | 'R1' | 'K1'

/** The number that stands for an algorithm in `algorithmType`. */
export const algorithmTypes: Readonly<Record<MacAlgorithm, number>> = { SM2: 1, R1: 2, K1: 3 }
