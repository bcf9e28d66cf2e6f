import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectRefusal } from '../sd-jwt/sd-jwt-fixture.ts'
import { compress, decompress } from './compression.ts'

describe.each(['deflate', 'gzip'] as const)('%s', format => {
  test('gives back what was compressed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async bytes => {
        expect(await decompress(await compress(new Uint8Array(bytes), format), format, 2000)).toEqual(new Uint8Array(bytes))
      }),
      { numRuns: 30 },
    )
  })

  test('refuses one byte more than allowed, and stops a bomb early', async () => {
    const bomb = await compress(new Uint8Array(64 * 2 ** 20), format)
    expect(bomb.length).toBeLessThan(80_000)
    await expectRefusal(decompress(bomb, format, 2 ** 16), 'ERR_CREDENTIAL_STATUS_INVALID')
    const list = await compress(new Uint8Array(1000), format)
    expect(await decompress(list, format, 1000)).toHaveLength(1000)
    await expectRefusal(decompress(list, format, 999), 'ERR_CREDENTIAL_STATUS_INVALID')
  })

  test('refuses data that are cut short, longer than themselves, damaged or of another format', async () => {
    const whole = await compress(crypto.getRandomValues(new Uint8Array(500)), format)
    const damaged = new Uint8Array(whole)
    damaged[damaged.length - 1]! ^= 1
    const other = await compress(new Uint8Array(500), format === 'gzip' ? 'deflate' : 'gzip')
    for (const bytes of [whole.slice(0, -1), new Uint8Array([...whole, 0]), damaged, other, new Uint8Array()]) {
      await expectRefusal(decompress(bytes, format, 1000), 'ERR_CREDENTIAL_STATUS_INVALID')
    }
  })
})
