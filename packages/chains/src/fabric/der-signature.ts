import { hexToBytes } from '@hufu/primitives'

/** Half the order of P-256. Fabric takes only the lower of the two s that are as good: one signature, one spelling. */
const halfOrder = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n

/** A DER signature of P-256 as 64 bytes, r ‖ s; undefined if it is not in DER's one form or its s is high. */
export function rawSignature(der: Uint8Array): Uint8Array | undefined {
  const [tag, length] = der
  if (tag !== 0x30 || length !== der.length - 2) return undefined
  const r = readInteger(der, 2)
  const s = r === undefined ? undefined : readInteger(der, r.end)
  if (r === undefined || s === undefined || s.end !== der.length || s.value > halfOrder) return undefined
  return hexToBytes([r, s].map(({ value }) => value.toString(16).padStart(64, '0')).join(''))
}

function readInteger(der: Uint8Array, at: number): { readonly value: bigint; readonly end: number } | undefined {
  const length = der[at + 1]
  if (der[at] !== 0x02 || length === undefined || length < 1 || length > 33 || at + 2 + length > der.length) return undefined
  const bytes = der.subarray(at + 2, at + 2 + length)
  const isNegative = bytes[0]! >= 0x80
  const isPadded = length > 1 && bytes[0] === 0 && bytes[1]! < 0x80
  const value = bytes.reduce((before, byte) => (before << 8n) | BigInt(byte), 0n)
  return isNegative || isPadded || value === 0n || value >> 256n > 0n ? undefined : { value, end: at + 2 + length }
}
