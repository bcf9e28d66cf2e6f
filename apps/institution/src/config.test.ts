import { readFileSync } from 'node:fs'
import { exampleEnvironment } from '@hufu/service'
import { expect, test } from 'vitest'
import { configSchema, readInstitutionConfig } from './config.ts'

test('needs no more than a policy that does without a ledger', () => {
  expect(readInstitutionConfig({ ISSUER_POLICY: 'any' })).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    issuerFiles: [],
    tlsCertFile: undefined,
  })
})

test('values that do not go together are reported together', () => {
  const environment = { HOST: '0.0.0.0', PORT: '0', TLS_CERT_FILE: 'cert.pem', ISSUER_FILES: 'bureau.json' }
  const read = () => readInstitutionConfig(environment)
  expect(read).toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
  for (const variable of ['TLS_KEY_FILE', 'PUBLIC_URL', 'NETWORK_FILE', 'ISSUING_TOKEN_FILE']) expect(read).toThrow(variable)
})

test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('issues without a token to this machine alone: %s', HOST => {
  expect(() => readInstitutionConfig({ HOST, ISSUER_POLICY: 'any', ISSUER_FILES: 'a.json' })).not.toThrow()
})

test.each(['0.0.0.0', '192.0.2.1', '::', '127.0.0.1.example.org'])('not beyond it: %s', HOST => {
  expect(() => readInstitutionConfig({ HOST, ISSUER_POLICY: 'any', ISSUER_FILES: 'a.json' })).toThrow('ISSUING_TOKEN_FILE')
})

test('.env.example is written from the schema (node src/main.ts --example-env)', () => {
  expect(readFileSync(new URL('../.env.example', import.meta.url), 'utf8')).toBe(exampleEnvironment(configSchema))
})
