/** The digits of a number in base 2^bits, each from −2^(bits − 1) to before 2^(bits − 1); the last takes what is left. */
export function balancedLimbs(value: bigint, count: number, bits: number): bigint[] {
  const limbs: bigint[] = []
  let rest = value
  for (let limb = 0; limb < count - 1; limb++) {
    const digit = BigInt.asIntN(bits, rest)
    limbs.push(digit)
    rest = (rest - digit) >> BigInt(bits)
  }
  return [...limbs, rest]
}
