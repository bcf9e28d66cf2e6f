import { readFileSync } from 'node:fs'
import { exampleEnvironment } from '@hufu/service'
import { expect, test } from 'vitest'
import { configSchema, readConsoleConfig } from './config.ts'

test('needs the description of its network, and has a default for everything else', () => {
  expect(() => readConsoleConfig({})).toThrow('NETWORK_FILE: expected a value')
  expect(readConsoleConfig({ NETWORK_FILE: 'network.json' })).toMatchObject({
    port: 8070,
    staffSignIn: 'passkey',
    credentialTrees: 'follow',
  })
})

test.each([
  ['half of TLS', { TLS_CERT_FILE: 'a' }, 'TLS_CERT_FILE, TLS_KEY_FILE'],
  ['an address without TLS beyond this machine', { PUBLIC_URL: 'http://bureau.example' }, 'PUBLIC_URL'],
  ['to be reached by others with no TLS anywhere', { HOST: '0.0.0.0' }, 'PUBLIC_URL'],
  ['the stand-in for passkeys beyond this machine', { STAFF_SIGN_IN: 'invitation', HOST: '0.0.0.0' }, 'STAFF_SIGN_IN'],
  ['a port that is none', { PORT: '65536' }, 'PORT'],
])('refuses %s', (_, environment, variable) => {
  expect(() => readConsoleConfig({ NETWORK_FILE: 'network.json', ...environment })).toThrow(
    expect.objectContaining({ code: 'ERR_SERVICE_CONFIG', message: expect.stringContaining(variable) }),
  )
})

test('.env.example is written from the schema (node src/main.ts --example-env)', () => {
  expect(readFileSync(new URL('../.env.example', import.meta.url), 'utf8')).toBe(exampleEnvironment(configSchema))
})
