import { expect, test } from 'vitest'
import { choice, exampleEnvironment, integer, optional, publicUrl, readConfig, text, textList, url } from './config.ts'

const schema = {
  port: integer('PORT', { help: 'Port.', fallback: '8080', min: 1, max: 65535 }),
  name: text('NAME', { help: 'Name.' }),
  level: choice('LEVEL', ['low', 'high'], { help: 'Level.', fallback: 'low' }),
  address: url('ADDRESS', { help: 'Address.', fallback: 'http://localhost/' }),
  files: textList('FILES', { help: 'Files.' }),
  note: optional(text('NOTE', { help: 'Note.' })),
}

test('reads values and defaults', () => {
  expect(readConfig(schema, { NAME: 'bureau', FILES: 'a, b,' })).toEqual({
    port: 8080,
    name: 'bureau',
    level: 'low',
    address: 'http://localhost',
    files: ['a', 'b'],
    note: undefined,
  })
})

test('reports everything that is wrong at once, and no value', () => {
  const read = () => readConfig(schema, { PORT: '70000', LEVEL: 'middle-secret', ADDRESS: 'ftp://x' })
  expect(read).toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
  expect(read).toThrow(
    'PORT: expected a whole number from 1 to 65535\nNAME: expected a value\nLEVEL: expected one of low, high\nADDRESS: expected a URL of http or https',
  )
})

test.each(['', ' 1', '1.5', '0x10', '1e3', 'NaN'])('does not take %j for a whole number', PORT => {
  expect(() => readConfig(schema, { NAME: 'a', PORT })).toThrow('PORT')
})

test.each(['https://bank.example', 'http://localhost:8080', 'http://127.0.0.1:8080', 'http://[::1]:8080', 'http://bank.localhost'])(
  'takes %s for the address of a server',
  address => {
    expect(readConfig({ address: publicUrl('PUBLIC_URL', { help: 'Address.' }) }, { PUBLIC_URL: `${address}/` })).toEqual({ address })
  },
)

test.each(['http://bank.example', 'http://192.0.2.1', 'http://localhost.example', 'http://0.0.0.0', 'ftp://bank.example', 'bank.example'])(
  'not %s',
  PUBLIC_URL => {
    expect(() => readConfig({ address: publicUrl('PUBLIC_URL', { help: 'Address.' }) }, { PUBLIC_URL })).toThrow(
      'PUBLIC_URL: expected a URL',
    )
  },
)

test('cannot be changed afterwards', () => {
  expect(Object.isFrozen(readConfig(schema, { NAME: 'a' }))).toBe(true)
})

test('writes an example that, once filled in, is read', () => {
  const example = exampleEnvironment(schema)
  expect(example).toContain('# Port.\n#PORT=8080\n')
  expect(example).toContain('# Name. Required.\nNAME=\n')
})
