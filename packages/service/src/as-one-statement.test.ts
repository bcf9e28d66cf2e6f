import { afterAll, expect, test } from 'vitest'
import { asOneStatement } from './as-one-statement.ts'
import { openEmbeddedDatabase } from './open-embedded-database.ts'

const database = await openEmbeddedDatabase()
await database.query('create table one (id integer primary key, text text)')
await database.query('create table other (id integer primary key)')
afterAll(() => database.close())

const counts = async () =>
  (
    await database.query<{ one: number; other: number }>(
      'select (select count(*)::int from one) as one, (select count(*)::int from other) as other',
    )
  )[0]

test('does all of it, each with its own values, or nothing', async () => {
  const add = (id: number) =>
    asOneStatement(database, async queries => {
      await queries.query('insert into one values ($1, $2)', [id, 'a'])
      await queries.query('update one set text = $1 where id < $2', ['b', id])
      await queries.query('insert into other values ($1)', [10])
    })
  await add(1)
  expect(await counts()).toEqual({ one: 1, other: 1 })
  await expect(add(2)).rejects.toMatchObject({ code: '23505' })
  expect(await counts()).toEqual({ one: 1, other: 1 })
  expect(await database.query('select * from one')).toEqual([{ id: 1, text: 'a' }])
})

test('does one alone, or none', async () => {
  await asOneStatement(database, async queries => void (await queries.query('insert into one values ($1, $2)', [3, 'c'])))
  await asOneStatement(database, async () => undefined)
  expect(await counts()).toEqual({ one: 2, other: 1 })
})
