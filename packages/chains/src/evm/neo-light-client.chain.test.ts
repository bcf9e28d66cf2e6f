import { type Account, parseHeader, parseScriptHash, scriptHashToBytes } from '@hufu/ledger'
import { bytesToHex, hexToBytes } from '@hufu/primitives'
import { startAnvil } from '@hufu/testkit'
import { p256 } from '@noble/curves/nist.js'
import type { Hex } from 'viem'
import { afterAll, describe, expect, test } from 'vitest'
import { makeHeader, validatorSet } from '../../../ledger/test/synthetic-chain.ts'
import headerVectors from '../../../ledger/vectors/neo-go-headers.json' with { type: 'json' }
import proofVectors from '../../../ledger/vectors/neo-go-storage-proofs.json' with { type: 'json' }
import { type TrialContract, trialContract } from '../../test/evm-trial.ts'
import { neoLightClient } from './generated/neo-light-client.ts'
import { p256Trial } from './generated/p256-trial.ts'
import { signersOf } from './neo-anchor-call.ts'

// On anvil: a level of the chain with P-256 as a precompile, and the one of the oldest chains that are meant, without.
const osaka = await startAnvil({ hardfork: 'osaka' })
const london = await startAnvil({ hardfork: 'london' })
afterAll(() => Promise.all([osaka.stop(), london.stop()]))

const ways = [
  { way: 'precompile', anvil: osaka },
  { way: 'arithmetic', anvil: london },
] as const
/** How far apart the bytes are that are altered; every one with TRIES=1. */
const stride = Number(process.env.TRIES ?? 7)
const { magic } = headerVectors
const hex = (bytes: Uint8Array): Hex => `0x${bytesToHex(bytes)}`
const accountOf = (signers: string): Hex => hex(scriptHashToBytes(parseScriptHash(signers)))

function altered(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= mask
  return copy
}

describe('P-256', () => {
  const { Point } = p256
  const { n, p } = Point.CURVE()
  const order = n
  const invert = (value: bigint) => Point.Fn.inv(((value % order) + order) % order)
  /** A signature by definition, for edge cases that no honest signer makes. */
  const sign = (digest: bigint, secret: bigint, nonce: bigint) => {
    const r = Point.BASE.multiply(nonce).toAffine().x % order
    return { r, s: (invert(nonce) * (digest + r * secret)) % order }
  }
  const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`
  const argsOf = (digest: bigint, r: bigint, s: bigint, secret: bigint) => {
    const { x, y } = Point.BASE.multiply(secret).toAffine()
    return [word(digest), r, s, x, y % 2n === 1n] as const
  }

  test('is there as a precompile from Osaka on', async () => {
    const [on, off] = await Promise.all([trialContract(osaka, p256Trial, []), trialContract(london, p256Trial, [])])
    expect(await on.ask('hasPrecompile', [])).toBe(true)
    expect(await off.ask('hasPrecompile', [])).toBe(false)
  })

  test('is checked alike by the precompile and by arithmetic, edges included', async () => {
    const trial = await trialContract(osaka, p256Trial, [])
    const both = (args: readonly unknown[]) => Promise.all([trial.ask('byPrecompile', args), trial.ask('byArithmetic', args)])
    const secrets = [1n, 2n, 3n, order - 1n, order - 2n, 0x1234_5678_9abcn, order >> 1n]
    const digests = [0n, 1n, order - 1n, order, order + 5n, 2n ** 256n - 1n, 0xdeadbeefn << 200n]
    for (const [index, secret] of secrets.entries()) {
      for (const [place, digest] of digests.entries()) {
        const { r, s } = sign(digest, secret, [1n, 2n, 7n, order - 1n, 0xabcdefn][(index + place) % 5]!)
        if (s === 0n) continue
        const name = `${index} ${place}`
        expect(await both(argsOf(digest, r, s, secret)), name).toEqual([true, true])
        expect(await both(argsOf(digest, r, order - s, secret)), `${name} other s`).toEqual([true, true])
        expect(await both(argsOf(digest ^ 1n, r, s, secret)), `${name} digest`).toEqual([false, false])
        expect(await both(argsOf(digest, r ^ 1n, s, secret)), `${name} r`).toEqual([false, false])
        expect(await both(argsOf(digest, r, s ^ 1n, secret)), `${name} s`).toEqual([false, false])
        expect(await both(argsOf(digest, r, s, secret + 2n >= order ? 5n : secret + 2n)), `${name} key`).toEqual([false, false])
        const opposite = argsOf(digest, r, s, secret)
        expect(await both([...opposite.slice(0, 4), !opposite[4]]), `${name} negative key`).toEqual(
          digest % order === 0n ? [true, true] : [false, false],
        )
      }
    }
  })

  test('of what is out of range nothing is valid', async () => {
    const trial = await trialContract(osaka, p256Trial, [])
    const { r, s } = sign(77n, 9n, 11n)
    for (const [one, other] of [
      [0n, s],
      [r, 0n],
      [0n, 0n],
      [order, s],
      [r, order],
      [r + order < 2n ** 256n ? r + order : order, s],
      [p, s],
      [2n ** 256n - 1n, 2n ** 256n - 1n],
    ] as const) {
      expect(await trial.ask('byArithmetic', argsOf(77n, one, other, 9n))).toBe(false)
      expect(await trial.ask('byPrecompile', argsOf(77n, one, other, 9n))).toBe(false)
    }
    // No point of the curve has these.
    for (const x of [5n - 4n, p, p + 5n, 2n ** 256n - 1n]) expect(await trial.ask('byArithmetic', [word(77n), r, s, x, false])).toBe(false)
  })

  test('a sum whose halves are equal, opposite, or whose x is above the order', async () => {
    const trial = await trialContract(osaka, p256Trial, [])
    const both = (args: readonly unknown[]) => Promise.all([trial.ask('byPrecompile', args), trial.ask('byArithmetic', args)])
    const secret = 0xfeedn
    // u·G = v·Q: digest = r·secret. The nonce is then 2·digest/s for any s that fits; r fixes s.
    const nonce = 0x1357n
    const r = Point.BASE.multiply(nonce).toAffine().x % order
    const digest = (r * secret) % order
    expect(await both(argsOf(digest, r, (invert(nonce) * 2n * digest) % order, secret))).toEqual([true, true])
    // u·G = −v·Q: the sum is the point at infinity, whatever s is.
    expect(await both(argsOf(order - digest, r, 12_345n, secret))).toEqual([false, false])
    // x between the order and the prime: r is what is left. Key by recovery: Q = (s·R − digest·G) / r.
    let x = order
    const isOnCurve = (candidate: bigint) => {
      try {
        return Point.fromHex(`02${candidate.toString(16).padStart(64, '0')}`)
      } catch {
        return undefined
      }
    }
    while (isOnCurve(x) === undefined || x === order) x++
    const point = isOnCurve(x)!
    const key = point
      .multiply(3n)
      .subtract(Point.BASE.multiply(99n))
      .multiply(invert(x - order))
      .toAffine()
    const edge = [word(99n), x - order, 3n, key.x, key.y % 2n === 1n] as const
    expect(await both(edge)).toEqual([true, true])
    expect(await both([word(98n), ...edge.slice(1)])).toEqual([false, false])
  })
})

describe.each(ways)('headers, by $way', ({ way, anvil }) => {
  const clientOf = (signers: string, index: number, number = magic) =>
    trialContract(anvil, neoLightClient, [number, index - 1, accountOf(signers)])

  test.each(headerVectors.headers)('$name is accepted, and on no other network, by no other account', async ({ bytes, signers, json }) => {
    const header = hexToBytes(bytes)
    const args = [hex(header), await signersOf(header, magic)]
    const client = await clientOf(signers, json.index)
    expect(await client.ask('hasPrecompile', [])).toBe(way === 'precompile')
    const gas = await client.send('submitHeader', args)
    console.log(
      `gas: header "${bytes.length / 2} bytes, ${headerVectors.headers.find(each => each.bytes === bytes)!.name}" by ${way}: ${gas}`,
    )
    expect(await client.ask('isKnown', [hex(header)])).toBe(true)
    expect(await client.ask('trusted', [])).toEqual([hex(header.slice(89, 109)), json.index, BigInt(json.time)])
    expect(await (await clientOf(signers, json.index, magic + 1)).refusal('submitHeader', args)).toBe('SignatureFalse')
    expect(await (await clientOf('00'.repeat(20), json.index)).refusal('submitHeader', args)).toBe('NotTheTrustedValidators')
    expect(await (await clientOf(signers, json.index + 1)).refusal('submitHeader', args)).toBe('HeaderNotNewer')
  })

  test.each(['1 of 1', '5 of 7, with gaps'])('refuses each byte of a header altered, cut short, or with a byte more: %s', async name => {
    const { bytes, signers, json } = headerVectors.headers.find(each => each.name === name)!
    const header = hexToBytes(bytes)
    const hint = await signersOf(header, magic)
    const client = await clientOf(signers, json.index)
    expect(await client.refusal('submitHeader', [hex(header), hint])).toBe('accepted')
    const seen = new Set<string>()
    const tryOne = async (candidate: Uint8Array, label: string) => {
      const refusal = await client.refusal('submitHeader', [hex(candidate), hint])
      expect(refusal, label).not.toBe('accepted')
      seen.add(refusal)
    }
    for (let at = 0; at < header.length; at += stride) await tryOne(altered(header, at, at % 2 === 0 ? 0x01 : 0x80), `byte ${at}`)
    for (let length = 0; length < header.length; length += stride) await tryOne(header.slice(0, length), `${length} bytes`)
    await tryOne(Uint8Array.of(...header, 0), 'a byte more')
    await tryOne(altered(header, 0), 'version')
    await tryOne(altered(header, 141), 'witnesses')
    for (const refusal of [
      'SignatureFalse',
      'NotTheTrustedValidators',
      'HeaderTooShort',
      'BytesMissing',
      'HeaderLeftOver',
      'VersionUnknown',
      'NotOneWitness',
    ])
      expect([...seen]).toContain(refusal)
  })

  test('refuses signatures fewer, more, twice, in another order, of others; and a hint that is false', async () => {
    const { bytes, signers, json } = headerVectors.headers.find(({ name }) => name === '5 of 7, with gaps')!
    const header = hexToBytes(bytes)
    const hint = await signersOf(header, magic)
    const client = await clientOf(signers, json.index)
    const { invocationScript, verificationScript } = parseHeader(header)
    const pushes = Array.from({ length: 5 }, (_, index) => invocationScript.slice(index * 66, index * 66 + 66))
    const withPushes = (changed: readonly Uint8Array[]): Hex => {
      const length = changed.length * 66
      const prefix = length < 0xfd ? [length] : [0xfd, length & 0xff, length >> 8]
      return hex(
        Uint8Array.of(
          ...header.slice(0, 141),
          1,
          ...prefix,
          ...changed.flatMap(push => [...push]),
          verificationScript.length,
          ...verificationScript,
        ),
      )
    }
    const refusal = (changed: readonly Uint8Array[], bits = hint) => client.refusal('submitHeader', [withPushes(changed), bits])
    expect(await refusal(pushes)).toBe('accepted')
    expect(await refusal(pushes.slice(0, 4))).toBe('SignatureMalformed')
    const four = hint & (hint - 1n)
    expect(await refusal(pushes.slice(1), four)).toBe('NotTheThreshold')
    expect(await refusal([...pushes, pushes[4]!])).toBe('NotTheThreshold')
    expect(await refusal(pushes.with(1, pushes[0]!))).toBe('SignatureFalse')
    expect(await refusal(pushes.toReversed())).toBe('SignatureFalse')
    expect(await refusal(pushes.with(0, Uint8Array.of(0x0c, 0x40, ...new Uint8Array(64))))).toBe('SignatureFalse')
    for (let bits = 0n; bits < 128n; bits++) if (bits !== hint) expect(await refusal(pushes, bits), `${bits}`).not.toBe('accepted')
    expect(await refusal(pushes, hint | (1n << 7n))).toBe('SignerUnknown')
    expect(await refusal(pushes, hint | (1n << 255n))).toBe('SignerUnknown')
  })

  test('follows a change of validators; those who left are refused, and so is what is older', async () => {
    const [before, after] = await Promise.all([validatorSet('before', 7), validatorSet('after', 4)])
    const header = async (blockIndex: number, signedBy: Account, next: Account) => {
      const { bytes } = await makeHeader({ magic, blockIndex, signedBy, next, stateRoot: '11'.repeat(32) })
      return [hex(bytes), await signersOf(bytes, magic)] as const
    }
    const client = await trialContract(anvil, neoLightClient, [magic, 0, hex(scriptHashToBytes(before.scriptHash))])
    const refusal = async (...args: Parameters<typeof header>) => client.refusal('submitHeader', await header(...args))
    expect(await refusal(5, after, after)).toBe('NotTheTrustedValidators')
    const five = await header(5, before, before)
    await client.send('submitHeader', five)
    const [naming, following] = [await header(9, before, after), await header(12, after, after)]
    const both = [
      [naming[0], following[0]],
      [naming[1], following[1]],
    ] as const
    expect(await client.refusal('submitHeader', following)).toBe('NotTheTrustedValidators')
    expect(await client.refusal('submitHeaders', [[...both[0]].reverse(), [...both[1]].reverse()])).toBe('NotTheTrustedValidators')
    expect(await client.refusal('submitHeaders', [both[0], [both[1][0]]])).toBe('ArgumentsUneven')
    expect(await client.refusal('submitHeaders', [[], []])).toBe('NothingGiven')
    await client.send('submitHeaders', both)
    expect(await refusal(13, before, before)).toBe('NotTheTrustedValidators')
    expect(await refusal(11, after, after)).toBe('HeaderNotNewer')
    expect(await refusal(12, after, before)).toBe('HeaderNotNewer')
    // What is known says nothing new, in any order.
    expect(await client.refusal('submitHeaders', both)).toBe('accepted')
    expect(await client.refusal('submitHeader', five)).toBe('accepted')
    expect(await refusal(13, after, after)).toBe('accepted')
  })
})

describe.each(ways)('entries, by $way', ({ way, anvil }) => {
  /** A client that knows one header with this state. */
  async function clientWith(root: string, blockIndex = 10): Promise<{ readonly client: TrialContract; readonly header: Hex }> {
    const validators = await validatorSet('entries', 1)
    const { bytes } = await makeHeader({ magic, blockIndex, signedBy: validators, next: validators, stateRoot: root })
    const client = await trialContract(anvil, neoLightClient, [magic, 0, hex(scriptHashToBytes(validators.scriptHash))])
    await client.send('submitHeader', [hex(bytes), await signersOf(bytes, magic)])
    return { client, header: hex(bytes) }
  }

  test.each(proofVectors.proofs)(
    '$name is proven, and what is next to it is not',
    async ({ name, root, contractId, key, proof, value }) => {
      const { client, header } = await clientWith(root)
      const bytes = hexToBytes(proof)
      expect(await client.ask('proveEntry', [header, contractId, `0x${key}`, hex(bytes)])).toEqual([`0x${value}`, 9, expect.any(BigInt)])
      const refusal = (id: number, other: string, candidate: Uint8Array) =>
        client.refusal('proveEntry', [header, id, `0x${other}`, hex(candidate)])
      for (let at = 0; at < bytes.length; at += stride * 3) {
        expect(await refusal(contractId, key, altered(bytes, at)), `byte ${at}`).not.toBe('accepted')
        expect(await refusal(contractId, key, bytes.slice(0, at)), `${at} bytes`).not.toBe('accepted')
      }
      expect(await refusal(contractId, key, Uint8Array.of(...bytes, 0))).toBe('ProofLeftOver')
      expect(await refusal(contractId + 1, key, bytes)).toBe('ProofOfAnotherKey')
      expect(await refusal(contractId, `${key}00`, bytes)).toBe(key.length === 128 ? 'KeyTooLong' : 'ProofOfAnotherKey')
      const other = await clientWith(`${root.slice(0, -1)}${root.endsWith('0') ? '1' : '0'}`)
      expect(await other.client.refusal('proveEntry', [other.header, contractId, `0x${key}`, hex(bytes)])).toBe('NodeHashDiffers')
      expect(await client.refusal('proveEntry', [other.header, contractId, `0x${key}`, hex(bytes)])).toBe('HeaderNotKnown')
      const gas = await client.send('anchorEntry', [header, contractId, `0x${key}`, hex(bytes)])
      console.log(`gas: entry "${name}", proof of ${bytes.length} bytes, value of ${value.length / 2}, by ${way}: ${gas}`)
      expect(await client.ask('entryOf', [contractId, `0x${key}`])).toEqual([`0x${value}`, 9, expect.any(BigInt)])
      expect(await client.refusal('entryOf', [contractId, `0x${key}01`])).toBe('EntryNotKnown')
    },
  )
})
