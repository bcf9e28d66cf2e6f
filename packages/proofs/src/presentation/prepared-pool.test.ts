import { describe, expect, test } from 'vitest'
import type { PreparedCredential } from './prepare-credential.ts'
import { parsePrepared, prepareCredential, writePrepared } from './prepare-credential.ts'
import { MemoryOneUseStore, type OneUseStore, PreparedPool } from './prepared-pool.ts'
import { compiled, fakeProver, height, newSecret, random, residentLayout, statementOf, World } from './presentation-fixture.ts'

const world = new World()
const secret = newSecret()
const holder = world.issue(secret, { birth_date: '1990-02-28', city_code: '990100' })
const other = world.issue(secret, { birth_date: '1990-02-28', city_code: '990200' })
const asked = compiled(statementOf())
const first = await world.prepare(holder, asked)
const wanted = { credentialId: first.credentialId, meta: asked.meta }

/** An item like the first, of an epoch. */
function item(id: string, epoch = height): PreparedCredential {
  return { ...first, id, roots: { ...first.roots, height: epoch } }
}

async function poolOf(...items: readonly PreparedCredential[]) {
  const store = new MemoryOneUseStore<PreparedCredential>()
  for (const each of items) await store.add(each)
  return { store, pool: new PreparedPool({ store, size: 2 }) }
}

const publishedAt = (epoch: number) => ({ ...world.published, list: { ...world.published.list, height: epoch } })

describe('the pool', () => {
  test('gives each item once, the newest first', async () => {
    const { pool } = await poolOf(item('a', 10), item('b', 12), item('c', 11))
    const taken = await Promise.all(Array.from({ length: 4 }, () => pool.take(wanted, 0)))
    expect(taken.map(each => each?.id)).toEqual(['b', 'c', 'a', undefined])
  })

  test('gives nothing of another credential, other slots, or an epoch that is too old', async () => {
    const { pool } = await poolOf(item('a', 10))
    expect(await pool.take({ ...wanted, meta: 1n }, 0)).toBeUndefined()
    expect(await pool.take({ ...wanted, credentialId: 'x' }, 0)).toBeUndefined()
    expect(await pool.take(wanted, 11)).toBeUndefined()
    expect((await pool.take(wanted, 10))?.id).toBe('a')
  })

  test('gives no item before it is out of the store for good', async () => {
    const { store } = await poolOf(item('a'))
    const events: string[] = []
    const slow: OneUseStore<PreparedCredential> = {
      list: () => store.list(),
      add: each => store.add(each),
      takeOut: async id => {
        await new Promise(resolve => setTimeout(resolve, 5))
        events.push('out')
        return store.takeOut(id)
      },
    }
    await new PreparedPool({ store: slow }).take(wanted, 0)
    events.push('given')
    expect(events).toEqual(['out', 'given'])
  })

  test('after a crash gives nothing that may have been shown', async () => {
    const { store } = await poolOf(item('a'), item('b'))
    let crash = true
    const crashing: OneUseStore<PreparedCredential> = {
      list: () => store.list(),
      add: each => store.add(each),
      takeOut: async id => {
        const isOut = await store.takeOut(id)
        if (crash) throw new Error('power cut')
        return isOut
      },
    }
    await expect(new PreparedPool({ store: crashing }).take(wanted, 0)).rejects.toThrow('power cut')
    crash = false
    const after = new PreparedPool({ store: crashing })
    expect([(await after.take(wanted, 0))?.id, await after.take(wanted, 0)]).toEqual(['b', undefined])
  })

  test('takes the next one where another window was faster', async () => {
    const { store, pool } = await poolOf(item('a'), item('b'))
    const listed = await store.list()
    const window = new PreparedPool({ store: { list: async () => listed, add: each => store.add(each), takeOut: id => store.takeOut(id) } })
    expect([(await pool.take(wanted, 0))?.id, (await window.take(wanted, 0))?.id, await window.take(wanted, 0)]).toEqual([
      'a',
      'b',
      undefined,
    ])
  })

  test('fills up for the current epoch, then drops earlier ones', async () => {
    const { store, pool } = await poolOf(item('old', 10), item('now', 11))
    let made = 0
    const make = async () => item(`new${made++}`, 11)
    expect(await pool.refill(wanted, publishedAt(11), make)).toBe(1)
    expect((await store.list()).map(({ id }) => id)).toEqual(['now', 'new0'])
    expect(await pool.refill(wanted, publishedAt(11), make)).toBe(0)
    expect(await pool.refill(wanted, publishedAt(12), async () => item(`newer${made++}`, 12))).toBe(2)
    expect((await store.list()).map(({ roots }) => roots.height)).toEqual([12, 12])
  })

  test('keeps what it has if filling up fails or is stopped', async () => {
    const { store, pool } = await poolOf(item('old', 10))
    const fails = async () => {
      throw new Error('no prover')
    }
    await expect(pool.refill(wanted, publishedAt(11), fails)).rejects.toThrow('no prover')
    expect(await pool.refill(wanted, publishedAt(11), fails, { signal: AbortSignal.abort() })).toBe(0)
    expect((await pool.take(wanted, 0))?.id).toBe('old')
    expect(await store.list()).toEqual([])
  })

  test('drops all of a credential', async () => {
    const { store, pool } = await poolOf(item('a'), { ...item('b'), credentialId: 'other' })
    await pool.dropCredential(first.credentialId)
    expect((await store.list()).map(({ id }) => id)).toEqual(['b'])
  })
})

describe('a prepared item', () => {
  test('is read back as it was written', () => {
    expect(parsePrepared(writePrepared(first))).toEqual(first)
  })

  test('is another one each time', async () => {
    const again = await world.prepare(holder, asked)
    expect(again.commitment).not.toBe(first.commitment)
    expect(again.opening).not.toBe(first.opening)
  })

  test.each([
    ['text that is no JSON', (text: string) => text.slice(1)],
    ['a member too many', (text: string) => text.replace('{', '{"x":1,')],
    ['three slots', (text: string) => text.replace('"slots":[4,5,0,0]', '"slots":[4,5,0]')],
    ['slot 16', (text: string) => text.replace('"slots":[4,5,0,0]', '"slots":[4,5,0,16]')],
    ['a short proof', (text: string) => text.replace(/"proof":"..../, '"proof":"')],
  ])('is refused with %s', (_, damage) => {
    const text = writePrepared(first)
    expect(damage(text)).not.toBe(text)
    expect(() => parsePrepared(damage(text))).toThrow(expect.objectContaining({ code: 'ERR_PROOF_ENCODING' }))
  })

  test('is not made on a path or roots that are not those of the credential', async () => {
    const [tree] = world.trees
    const { published } = world
    const { credential } = holder
    const good = {
      prover: fakeProver,
      random,
      credential,
      layout: residentLayout,
      secret,
      path: tree!.path(0),
      published,
      slots: asked.slots,
    }
    await prepareCredential(good)
    const codeOf = (change: Partial<typeof good>) =>
      prepareCredential({ ...good, ...change }).then(
        () => 'made',
        error => error.code,
      )
    const list = published.list
    expect(await codeOf({ path: tree!.path(1) })).toBe('ERR_PROOF_TREE')
    expect(await codeOf({ credential: other.credential })).toBe('ERR_PROOF_TREE')
    expect(await codeOf({ credential: { ...credential, claims: { ...credential.claims, city_code: '990101' } } })).toBe('ERR_PROOF_TREE')
    expect(await codeOf({ credential: { ...credential, claims: { city_code: 'x' } } })).toBe('ERR_PROOF_ATTRIBUTE')
    expect(await codeOf({ published: { ...published, roots: published.roots.toReversed() } })).toBe('ERR_PROOF_ROOT')
    expect(await codeOf({ published: { ...published, roots: published.roots.slice(1) } })).toBe('ERR_PROOF_ROOT')
    expect(await codeOf({ published: { ...published, list: { ...list, credentialType: 'urn:x' } } })).toBe('ERR_PROOF_ROOT')
    expect(
      await codeOf({ published: { ...published, list: { ...list, issuers: list.issuers.slice(1) }, roots: published.roots.slice(1) } }),
    ).toBe('ERR_PROOF_ROOT')
    // A path whose top is right and whose middle is not: the circuit finds it.
    const path = tree!.path(0)
    const bent = { ...path, levels: path.levels.with(5, path.levels[5]!.with(40, path.levels[5]![40]! ^ 1)) }
    expect(await codeOf({ path: bent })).toBe('ERR_PROOF_UNSATISFIED')
  })
})
