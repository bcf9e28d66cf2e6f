import { expect, test } from 'vitest'
import { openPostgresDatabase } from './open-postgres-database.ts'

test.each([
  'postgresql://user:secret@db.example/name?sslmode=verify-full',
  'postgresql://user:secret@192.0.2.1/name?ssl=true',
  'postgresql://user:secret@localhost/name',
  'postgresql://user:secret@127.0.0.1:5433/name?sslmode=disable',
  'postgresql://user:secret@[::1]/name',
  'postgresql://user@/name?host=%2Fvar%2Frun%2Fpostgresql',
  'postgresql://user@%2Fvar%2Frun%2Fpostgresql/name',
])('takes %s', async url => {
  await openPostgresDatabase(url).close()
})

test.each([
  'postgresql://user:secret@db.example/name',
  'postgresql://user:secret@192.0.2.1/name?sslmode=disable',
  'postgresql://user:secret@db.example/name?sslmode=no-verify',
  'postgresql://user:secret@db.example/name?ssl=0',
  'postgresql://user:secret@db.example/name?ssl=no-verify',
  'postgresql://user:secret@db.example/name?uselibpqcompat=true&sslmode=require',
  'postgresql://user:secret@db.example/name?uselibpqcompat=true&sslmode=prefer',
  'postgresql://user:secret@localhost/name?host=db.example',
  'postgresql://user:secret@127.0.0.1.example/name',
  'postgresql://user:secret@db.example/name?sslmode=verify-full&sslmode=disable',
  'postgresql://user:secret@db.example/name?sslmode=verify-full&sslrootcert=/there/is/no/such/file',
  'postgresql://user:secret@db.example:port/name',
])('refuses %s, and does not repeat the password', url => {
  expect(() => openPostgresDatabase(url)).toThrow(
    expect.objectContaining({ code: 'ERR_SERVICE_CONFIG', message: expect.not.stringContaining('secret') }),
  )
})
