/** The inverse of an odd number modulo a power of two, at most 2¹²⁸. */
export function invertOdd(value: bigint, powerOfTwo: bigint): bigint {
  let inverse = 1n
  // Each step doubles how many low bits are right.
  for (let step = 0; step < 7; step++) inverse = (inverse * (2n - value * inverse)) % powerOfTwo
  return ((inverse % powerOfTwo) + powerOfTwo) % powerOfTwo
}
