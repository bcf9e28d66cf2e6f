/**
 * Cuts a number into digits of `width` bits, lowest first, each from −2^(width−1) + 1 to 2^(width−1). There are as many as `digits` holds from `at` on with steps
 * of `step`, `count` in all, and the number must be below 2^(width · count − 1).
 */
export function writeSignedDigits(
  numbers: Uint32Array,
  firstWord: number,
  wordCount: number,
  width: number,
  digits: Int16Array,
  at: number,
  count: number,
  step: number,
): void {
  const half = 2 ** (width - 1)
  const mask = 2 ** width - 1
  let carry = 0
  let target = at
  for (let bit = 0; bit < count * width; bit += width) {
    const word = bit >>> 5
    const shift = bit & 31
    let digit = 0
    if (word < wordCount) {
      digit = (numbers[firstWord + word] as number) >>> shift
      if (shift + width > 32 && word + 1 < wordCount) digit |= (numbers[firstWord + word + 1] as number) << (32 - shift)
    }
    digit = (digit & mask) + carry
    carry = digit > half ? 1 : 0
    digits[target] = digit - (carry << width)
    target += step
  }
}
