import { readFileSync } from 'node:fs'
import { exampleEnvironment } from '@hufu/service'
import { expect, test } from 'vitest'
import { configSchema, readGatewayConfig } from './config.ts'

const required = { GATEWAY_FILE: 'gateway.json', OPERATOR_TOKEN_FILE: 'token' }

test('needs two files, and has a default for everything else', () => {
  expect(() => readGatewayConfig({})).toThrow('GATEWAY_FILE: expected a value\nOPERATOR_TOKEN_FILE: expected a value')
  expect(readGatewayConfig(required)).toMatchObject({ port: 8060, loopbackPeers: 'refuse', retryMs: 1000 })
})

test.each([
  ['half of TLS', { TLS_CERT_FILE: 'a' }, 'TLS_CERT_FILE, TLS_KEY_FILE'],
  ['an address without TLS beyond this machine', { PUBLIC_URL: 'http://bureau.example' }, 'PUBLIC_URL'],
  ['to be reached by others with no TLS anywhere', { HOST: '0.0.0.0' }, 'PUBLIC_URL'],
  ['a webhook whose posts nobody can tell from others’', { ALARM_WEBHOOK_FILE: 'a' }, 'ALARM_WEBHOOK_SECRET_FILE'],
  ['counterparts on this machine, where others reach it', { LOOPBACK_PEERS: 'allow', HOST: '0.0.0.0' }, 'LOOPBACK_PEERS'],
  ['a longest pause below the first', { RETRY_MS: '500', MAX_RETRY_MS: '499' }, 'MAX_RETRY_MS'],
  ['a port that is none', { PORT: '65536' }, 'PORT'],
])('refuses %s', (_, environment, variable) => {
  expect(() => readGatewayConfig({ ...required, ...environment })).toThrow(
    expect.objectContaining({ code: 'ERR_SERVICE_CONFIG', message: expect.stringContaining(variable) }),
  )
})

test('.env.example is written from the schema (node src/main.ts --example-env)', () => {
  expect(readFileSync(new URL('../.env.example', import.meta.url), 'utf8')).toBe(exampleEnvironment(configSchema))
})
