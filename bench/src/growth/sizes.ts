/** Powers of ten from a thousand on. */
export function powersOfTen(most: number): readonly number[] {
  const sizes: number[] = []
  for (let size = 1_000; size <= most; size *= 10) sizes.push(size)
  return sizes
}
