/** The curve of SM2, sm2p256v1 (GM/T 0003.5-2012 §2, RFC 8998 §3.2.1): numbers as 32 bytes in hex, order also as a number. */
export const sm2Curve = {
  prime: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  order: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  a: 'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc',
  b: '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93',
  generatorX: '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7',
  generatorY: 'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
} as const

/** A number of 32 big-endian bytes. */
export function numberOf(bytes: Uint8Array): bigint {
  let number = 0n
  for (const byte of bytes) number = (number << 8n) | BigInt(byte)
  return number
}
