import type { p256 } from '@noble/curves/nist.js'
import type { secp256k1 } from '@noble/curves/secp256k1.js'

/** Curves of ECDSA macs. */
export type EcdsaCurve = typeof p256 | typeof secp256k1

/** A signature r ‖ s as DER, with the lower of the two s that are as good. */
export function lowSDer(curve: EcdsaCurve, raw: Uint8Array): Uint8Array {
  const signature = curve.Signature.fromBytes(raw)
  const low = signature.hasHighS() ? new curve.Signature(signature.r, curve.Point.Fn.ORDER - signature.s) : signature
  return low.toBytes('der')
}

/** A signature r ‖ s out of DER; undefined if it is not in DER's one form, out of range, or its s is high: one signature, one spelling. */
export function rawOfLowSDer(curve: EcdsaCurve, der: Uint8Array): Uint8Array | undefined {
  try {
    const signature = curve.Signature.fromBytes(der, 'der')
    return signature.hasHighS() ? undefined : signature.toBytes()
  } catch {
    return undefined
  }
}
