import { createHttpServer, createLog } from '@hufu/service'
import { Type } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Access } from '../access/access.ts'
import { registerOpenApi } from './register-open-api.ts'

const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })

const bearer = { type: 'http', scheme: 'bearer' }

beforeAll(async () => {
  await registerOpenApi(server, {
    ...{ publicUrl: 'https://bureau.example', version: '1.0.0', title: 'Bureau', description: 'Issues.' },
    securitySchemes: { system: bearer, wallet: bearer, peer: bearer },
  })
  const body = Type.Object({ name: Type.String({ maxLength: 10 }), note: Type.Optional(Type.String()) }, { additionalProperties: false })
  const params = Type.Object({ id: Type.String({ pattern: '^[a-z]+$' }) }, { additionalProperties: false })
  const schema = { params, body, response: { 200: body }, summary: 'Changes it', tags: ['Things'] }
  server.put('/things/:id', { config: { access: ['clerk', 'officer'] }, schema }, async request => request.body)
  server.get('/things', { config: { access: ['auditor'] }, schema: { summary: 'All' } }, async () => [])
  for (const access of ['system', 'wallet', 'peer'] as const satisfies readonly Access[])
    server.post(`/${access}`, { config: { access } }, async () => 'x')
  const error = Type.Object({ error: Type.String() })
  server.post('/token', { config: { access: 'public' }, schema: { body, response: { '4xx': error } } }, async () => 'x')
})
afterAll(() => server.close())

async function description() {
  return (await server.inject('/openapi.json')).json()
}

test('describes routes by their schemas, in OpenAPI 3.1', async () => {
  const { openapi, servers, paths } = await description()
  expect(openapi).toBe('3.1.0')
  expect(servers).toEqual([{ url: 'https://bureau.example' }])
  const { put } = paths['/things/{id}']
  expect(put).toMatchObject({ operationId: 'put_things_id', summary: 'Changes it', tags: ['Things'] })
  expect(put.requestBody.content['application/json'].schema).toMatchObject({
    properties: { name: { type: 'string', maxLength: 10 } },
    required: ['name'],
    additionalProperties: false,
  })
  expect(put.parameters).toEqual([{ schema: { type: 'string', pattern: '^[a-z]+$' }, in: 'path', name: 'id', required: true }])
})

test('says who may call', async () => {
  const { paths, components } = await description()
  expect(paths['/things/{id}'].put.security).toEqual([{ staff: [], csrf: [] }])
  expect(paths['/things'].get.security).toEqual([{ staff: [] }])
  expect(paths['/openapi.json'].get.security).toEqual([])
  for (const name of ['system', 'wallet', 'peer']) expect(paths[`/${name}`].post.security).toEqual([{ [name]: [] }])
  expect(Object.keys(components.securitySchemes).toSorted()).toEqual(['csrf', 'peer', 'staff', 'system', 'wallet'])
})

test('adds problems to every route, except where it refuses in its own way', async () => {
  const { paths, components } = await description()
  const { responses } = paths['/things/{id}'].put
  expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '413', '415', '429', '500', '503'])
  expect(responses['400']).toEqual({ $ref: '#/components/responses/Problem' })
  expect(components.responses.Problem.content).toHaveProperty(['application/problem+json'])
  expect(Object.keys(paths['/token'].post.responses)).not.toContain('400')
  expect(Object.keys(paths['/token'].post.responses)).toContain('503')
  for (const item of Object.values<object>(paths))
    for (const operation of Object.values(item)) expect(operation.responses).toHaveProperty(['500'])
})

test('gives a page to try them that takes nothing from elsewhere and runs no script that stands in it', async () => {
  const page = await server.inject('/api')
  expect(page.headers['content-security-policy']).toContain("script-src 'self';")
  const sources = [...page.body.matchAll(/<script([^>]*)>([^<]*)/g)].map(([, attributes, text]) => [attributes?.trim(), text])
  expect(sources).toEqual([
    ['src="/api/reference.js"', ''],
    ['src="/api/start.js"', ''],
  ])
  expect(page.body).not.toMatch(/https?:/)
  expect((await server.inject('/api/start.js')).body).toContain('createApiReference')
  const script = await server.inject('/api/reference.js')
  expect([script.statusCode, script.headers['content-encoding']]).toEqual([200, 'gzip'])
  const paths = Object.keys((await description()).paths)
  expect(paths.filter(path => path.startsWith('/api'))).toEqual([])
})
