import { describe, expect, test } from 'vitest'
import { DidError } from '../errors.ts'
import { type DidAssurance, type DidAssurancePolicy, requireDidAssurance, weakestOf } from './did-assurance.ts'
import type { DidDriver } from './did-driver.ts'
import { DidResolver } from './did-resolver.ts'

const did = 'did:web:bank.example'

/** Answers with the DID itself, and counts. */
class Driver implements DidDriver {
  readonly method = 'web'
  readonly version = 3
  readonly asked: string[] = []
  assurance: DidAssurance = { kind: 'gatewaySigned' }
  answer: (did: string) => Promise<string> = async asked => asked

  async resolve(asked: string) {
    this.asked.push(asked)
    return { document: { id: await this.answer(asked) }, metadata: {}, assurance: this.assurance, origin: { host: 'bank.example' } }
  }
}

/** Stands still until it is moved. */
class MovedClock {
  #nowMs = Date.UTC(2026, 0, 1)

  nowMs(): number {
    return this.#nowMs
  }

  advance(ms: number): void {
    this.#nowMs += ms
  }
}

function setUp(options: Partial<ConstructorParameters<typeof DidResolver>[0]> = {}) {
  const driver = new Driver()
  const clock = new MovedClock()
  return { driver, clock, resolver: new DidResolver({ drivers: [driver], clock, maxAgeMs: 60_000, ...options }) }
}

test('says what stands behind an answer, and where it came from', async () => {
  const { resolver, clock } = setUp()
  expect(await resolver.resolve(did)).toEqual({
    did,
    document: { id: did },
    metadata: {},
    assurance: { kind: 'gatewaySigned' },
    source: { method: 'web', driver: 'web/3', host: 'bank.example', retrievedMs: clock.nowMs() },
  })
})

test('refuses what is no DID, a method that is not set up, and the document of another DID', async () => {
  const { resolver, driver } = setUp()
  await expect(resolver.resolve('bank.example')).rejects.toMatchObject({ code: 'ERR_DID_SYNTAX' })
  await expect(resolver.resolve('did:example:1')).rejects.toMatchObject({ code: 'ERR_DID_METHOD' })
  expect(resolver.methods).toEqual(['web'])
  expect(driver.asked).toEqual([])
  driver.answer = async () => 'did:web:other.example'
  await expect(resolver.resolve(did)).rejects.toMatchObject({ code: 'ERR_DID_DOCUMENT' })
  expect(() => new DidResolver({ drivers: [driver, driver] })).toThrow(TypeError)
})

describe('the cache', () => {
  test('answers until the answer is too old, to the millisecond', async () => {
    const { resolver, driver, clock } = setUp()
    const first = await resolver.resolve(did)
    clock.advance(59_999)
    expect(await resolver.resolve(did)).toBe(first)
    clock.advance(1)
    expect((await resolver.resolve(did)).source.retrievedMs).toBe(clock.nowMs())
    expect(driver.asked).toHaveLength(2)
    await resolver.resolve(did, { maxAgeMs: 0 })
    expect(driver.asked).toHaveLength(3)
  })

  test('keeps no failure', async () => {
    const { resolver, driver } = setUp()
    driver.answer = async () => {
      throw new DidError('ERR_DID_UNREACHABLE', 'down')
    }
    await expect(resolver.resolve(did)).rejects.toMatchObject({ code: 'ERR_DID_UNREACHABLE' })
    driver.answer = async asked => asked
    await expect(resolver.resolve(did)).resolves.toMatchObject({ did })
  })

  test('drops what was not asked for the longest', async () => {
    const { resolver, driver } = setUp({ maxEntries: 2 })
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await resolver.resolve(`did:web:${name}`)
    expect(driver.asked.map(asked => asked.slice(8))).toEqual(['a', 'b', 'c', 'b'])
  })

  test('holds no more characters than it may', async () => {
    const { resolver, driver } = setUp({ maxCharacters: 60 })
    for (const name of ['a', 'b', 'c', 'a']) await resolver.resolve(`did:web:${name}`)
    expect(driver.asked).toHaveLength(4)
    const long = `did:web:${'x'.repeat(100)}`
    await resolver.resolve(long)
    await resolver.resolve(long)
    expect(driver.asked.filter(asked => asked === long)).toHaveLength(2)
  })

  test('is passed by for a DID that is its key', async () => {
    const driver = Object.assign(new Driver(), { isLocal: true as const })
    const resolver = new DidResolver({ drivers: [driver] })
    await resolver.resolve(did)
    await resolver.resolve(did)
    expect(driver.asked).toHaveLength(2)
  })
})

test('asks once for all who ask at once, and for no more DIDs than it may', async () => {
  const { resolver, driver } = setUp({ maxUnderWay: 2 })
  let finish = () => {}
  const waiting = new Promise<void>(resolve => {
    finish = resolve
  })
  driver.answer = async asked => {
    await waiting
    return asked
  }
  const asked = ['did:web:a', 'did:web:a', 'did:web:b'].map(each => resolver.resolve(each))
  await expect(resolver.resolve('did:web:c')).rejects.toMatchObject({ code: 'ERR_DID_UNREACHABLE' })
  finish()
  await Promise.all(asked)
  expect(driver.asked).toEqual(['did:web:a', 'did:web:b'])
  await expect(resolver.resolve('did:web:c')).resolves.toMatchObject({ did: 'did:web:c' })
})

test('refuses what is less well founded than was asked for, out of the cache, too', async () => {
  const { resolver, driver } = setUp()
  const asks = () => resolver.resolve(did, { minAssurance: { kind: 'attested', minK: 2 } })
  await expect(asks()).rejects.toMatchObject({ code: 'ERR_DID_ASSURANCE' })
  await expect(asks()).rejects.toMatchObject({ code: 'ERR_DID_ASSURANCE' })
  driver.assurance = { kind: 'attested', k: 2, n: 3 }
  await expect(resolver.resolve(did, { maxAgeMs: 0, minAssurance: { kind: 'attested', minK: 2 } })).resolves.toMatchObject({ did })
})

describe('assurance', () => {
  const attested = { kind: 'attested', k: 2, n: 3 } as const
  const cases: readonly (readonly [DidAssurance, DidAssurancePolicy, boolean])[] = [
    [{ kind: 'selfCertifying' }, { kind: 'lightClient' }, true],
    [{ kind: 'lightClient' }, { kind: 'attested', minK: 7 }, true],
    [attested, { kind: 'attested', minK: 2 }, true],
    [attested, { kind: 'attested', minK: 3 }, false],
    [attested, { kind: 'attested', minK: 0 }, false],
    [attested, { kind: 'lightClient' }, false],
    [attested, { kind: 'gatewaySigned' }, true],
    [{ kind: 'gatewaySigned' }, { kind: 'attested', minK: 1 }, false],
    [{ kind: 'gatewaySigned' }, { kind: 'gatewaySigned' }, true],
  ]
  test.each(cases)('%o for a policy of %o: %s', (given, policy, isEnough) => {
    const check = () => requireDidAssurance(given, policy)
    if (isEnough) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code: 'ERR_DID_ASSURANCE' }))
  })

  test('of several answers is that of the weakest', () => {
    expect(weakestOf([attested, { kind: 'gatewaySigned' }, { kind: 'lightClient' }])).toEqual({ kind: 'gatewaySigned' })
    expect(weakestOf([{ kind: 'attested', k: 3, n: 3 }, attested])).toEqual(attested)
  })
})
