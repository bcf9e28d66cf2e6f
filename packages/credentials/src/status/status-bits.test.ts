import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CredentialError } from '../errors.ts'
import { StatusBits, type StatusSize } from './status-bits.ts'

const size = fc.constantFrom<StatusSize>(1, 2, 4, 8)
const order = fc.constantFrom('lsb', 'msb' as const)

test('an entry holds what was last put there, and no other entry changes', () => {
  fc.assert(
    fc.property(size, order, fc.array(fc.tuple(fc.nat(99), fc.nat(255)), { maxLength: 40 }), (bits, end, writes) => {
      const statuses = StatusBits.ofLength(100, bits, end)
      const model = new Map<number, number>()
      for (const [index, value] of writes) {
        const status = value % 2 ** bits
        statuses.set(index, status)
        model.set(index, status)
      }
      const again = new StatusBits(statuses.toBytes(), bits, end)
      for (let index = 0; index < again.length; index++) expect(again.get(index)).toBe(model.get(index) ?? 0)
    }),
  )
})

test('the first entry is at the low end for Token Status List, at the high end for Bitstring Status List', () => {
  for (const [end, first] of [
    ['lsb', 0x01],
    ['msb', 0x80],
  ] as const) {
    const statuses = StatusBits.ofLength(8, 1, end)
    statuses.set(0, 1)
    expect([...statuses.toBytes()]).toEqual([first])
  }
})

describe('refuses', () => {
  const statuses = StatusBits.ofLength(9, 2, 'lsb')

  test.each([-1, 12, 0.5, Number.NaN])('the index %s', index => {
    expect(statuses.length).toBe(12)
    expect(() => statuses.get(index)).toThrow(CredentialError)
    expect(() => statuses.set(index, 0)).toThrow(CredentialError)
  })

  test.each([-1, 4, 0.5])('the status %s in two bits', status => {
    expect(() => statuses.set(0, status)).toThrow(TypeError)
  })

  test.each([0, -1, 1.5])('the length %s', length => {
    expect(() => StatusBits.ofLength(length, 1, 'lsb')).toThrow(TypeError)
  })
})

test('keeps bytes of its own', () => {
  const bytes = new Uint8Array(1)
  const statuses = new StatusBits(bytes, 8, 'lsb')
  bytes[0] = 1
  statuses.toBytes()[0] = 2
  expect(statuses.get(0)).toBe(0)
})
