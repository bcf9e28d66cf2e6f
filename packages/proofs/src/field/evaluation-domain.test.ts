import { describe, expect, test } from 'vitest'
import { domainSizeOf, powerOf, rootOfUnity } from './evaluation-domain.ts'
import { scalarModulus } from './scalar-field.ts'

describe('evaluation domain', () => {
  test.each([1, 2, 8, 8_192, 2 ** 32])('of %d elements has a root of exactly that order', size => {
    const root = rootOfUnity(size)
    expect(powerOf(root, BigInt(size))).toBe(1n)
    if (size > 1) expect(powerOf(root, BigInt(size) / 2n)).toBe(scalarModulus - 1n)
  })

  test('squares to the root of the domain half its size', () => {
    expect(rootOfUnity(64) ** 2n % scalarModulus).toBe(rootOfUnity(32))
  })

  test('is that of snarkjs', () => {
    expect(rootOfUnity(2 ** 32)).toBe(937917089079007706106976984802249742464848817460758522850752807661925904159n)
  })

  test.each([0, 3, 12, 2 ** 33, 1.5])('refuses %d elements', size => {
    expect(() => rootOfUnity(size)).toThrow(TypeError)
  })

  test.each([
    [1, 0, 2],
    [6, 1, 8],
    [7, 1, 16],
    [4_095, 0, 4_096],
  ])('holds %d rows and %d public inputs in %d', (constraintCount, publicCount, size) => {
    expect(domainSizeOf({ constraintCount, publicCount })).toBe(size)
  })
})
