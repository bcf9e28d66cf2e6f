import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHttpServer, createLog } from '@hufu/service'
import { BsnDidServiceStandIn } from '@hufu/testkit'
import { expect, test } from 'vitest'
import { openOtherDids } from './open-other-dids.ts'
import { resolverRoutes } from './resolver-routes.ts'

const folder = await mkdtemp(join(tmpdir(), 'other-dids-'))
const didKey = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'

async function settings(content: unknown): Promise<string> {
  const file = join(folder, 'other-dids.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

async function serverOf(content?: unknown, policy: Parameters<typeof openOtherDids>[1] = {}) {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
  const { resolver: others } = await openOtherDids(content === undefined ? undefined : await settings(content), policy)
  resolverRoutes(server, { source: { network: 'test', findState: async () => null }, others })
  return (identifier: string, accept = 'application/did-resolution') =>
    server.inject({ url: `/1.0/identifiers/${identifier}`, headers: { accept } })
}

test('a DID that is its key is resolved without any settings, and says what it is worth', async () => {
  const get = await serverOf()
  const answer = await get(didKey)
  expect([answer.statusCode, answer.json()]).toMatchObject([
    200,
    { didDocument: { id: didKey }, didResolutionMetadata: { assurance: { kind: 'selfCertifying' }, source: { driver: 'key/1' } } },
  ])
  expect((await get(encodeURIComponent(`${didKey}#${didKey.slice(8)}`), 'application/did-url-dereferencing')).json()).toMatchObject({
    contentStream: { type: 'Multikey' },
  })
  expect((await get(didKey, 'application/did')).json()).toMatchObject({ id: didKey })
})

test('nobody is asked about a DID unless the settings say so', async () => {
  const get = await serverOf(undefined, {
    resolveName: () => {
      throw new Error('asked')
    },
  })
  for (const did of ['did:web:bank.example', 'did:bsn:3wxYHXwAm57grc9JUr2zrPHt9HCc', `did:ethr:0x${'11'.repeat(20)}`])
    expect((await get(did)).statusCode).toBe(501)
  expect((await get('did:neo:test:x')).statusCode).toBe(400)
})

test('a host inside is not asked, whatever its name', async () => {
  const get = await serverOf({ web: {} }, { resolveName: async () => ['10.0.0.1'] })
  for (const did of ['did:web:bank.example.com', 'did:web:metadata.google.internal', 'did:web:bank.localhost']) {
    const answer = await get(did)
    expect([answer.statusCode, answer.json().didResolutionMetadata.error.type]).toEqual([500, 'https://www.w3.org/ns/did#INTERNAL_ERROR'])
  }
  expect((await get('did:web:127.0.0.1')).statusCode).toBe(400)
  expect((await get('did:web:localhost')).statusCode).toBe(400)
})

test('did:web is read over TLS from the address that was looked at, and no redirect is followed, least of all to the inside', async () => {
  const [key, cert] = ['key.pem', 'cert.pem'].map(name => join(folder, name)) as [string, string]
  const subject = ['-subj', '/CN=bank.example.com', '-addext', 'subjectAltName=DNS:bank.example.com']
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', ...subject]
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const [keyText, certText] = [await readFile(key, 'utf8'), await readFile(cert, 'utf8')]
  const asked: string[] = []
  let did = ''
  const host = createHttps({ key: keyText, cert: certText }, (request, answer) => {
    asked.push(request.url!)
    if (request.url === '/moved/did.json') return answer.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end()
    if (request.url === '/large/did.json') return answer.end(' '.repeat(70_000))
    if (request.url === '/other/did.json') return answer.end(JSON.stringify({ id: 'did:web:other.example.com' }))
    answer.end(JSON.stringify({ id: did }))
  })
  await new Promise<void>(resolve => host.listen(0, '127.0.0.1', resolve))
  try {
    did = `did:web:bank.example.com%3A${(host.address() as AddressInfo).port}`
    // The test's own host is let through by its address; nothing else of this machine is.
    const inside = { allowNetworks: ['127.0.0.1/32'], resolveName: async () => ['127.0.0.1'], ca: certText }
    const get = await serverOf({ web: {} }, inside)
    expect((await get(encodeURIComponent(did))).json()).toMatchObject({
      didDocument: { id: did },
      didResolutionMetadata: { assurance: { kind: 'gatewaySigned' }, source: { driver: 'web/1', host: did.slice(8).replace('%3A', ':') } },
    })
    const errorOf = async (path: string) => (await get(encodeURIComponent(`${did}:${path}`))).json().didResolutionMetadata.error.type
    for (const [path, error] of [
      ['moved', 'INTERNAL_ERROR'],
      ['large', 'INTERNAL_ERROR'],
      ['other', 'INVALID_DID_DOCUMENT'],
    ] as const)
      expect(await errorOf(path)).toBe(`https://www.w3.org/ns/did#${error}`)
    expect(asked).toHaveLength(4)
    const untrusting = await serverOf({ web: {} }, { ...inside, ca: '' })
    expect((await untrusting(encodeURIComponent(did))).statusCode).toBe(500)
    const outside = await serverOf({ web: {} }, { resolveName: inside.resolveName, ca: certText })
    expect((await outside(encodeURIComponent(did))).statusCode).toBe(500)
    expect(asked).toHaveLength(4)
  } finally {
    host.close()
    host.closeAllConnections()
  }
})

test('did:bsn is told by the service that the settings name', async () => {
  const standIn = new BsnDidServiceStandIn()
  const { did } = standIn.createDid(1)
  const seen: unknown[] = []
  const service = createServer(async (request, answer) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    seen.push(request.headers.token, request.headers.projectid)
    answer.end(standIn.answer(request.url!, Buffer.concat(chunks).toString()))
  })
  await new Promise<void>(resolve => service.listen(0, '127.0.0.1', resolve))
  try {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, 'secret\n')
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`
    const get = await serverOf({ bsn: { url, projectId: 'p1', tokenFile } }, { allowLoopback: true })
    const answer = await get(did)
    expect(answer.json()).toMatchObject({
      didDocument: { id: did, verificationMethod: [{ id: `${did}#keys-1` }] },
      didResolutionMetadata: { assurance: { kind: 'gatewaySigned' }, source: { driver: 'bsn/1' } },
    })
    expect(seen).toEqual(['secret', 'p1'])
    const { did: unknown } = new BsnDidServiceStandIn().createDid(9)
    expect((await get(unknown)).statusCode).toBe(404)
    standIn.tamper = text => text.replace('"version":"1"', '"version":"2"')
    expect((await get(`${did}?noCache=true`)).json().didResolutionMetadata.error.type).toBe(
      'https://www.w3.org/ns/did#INVALID_DID_DOCUMENT',
    )
  } finally {
    service.close()
    service.closeAllConnections()
  }
})

test.each([
  ['no JSON', '{'],
  ['a method that is not known', { ion: {} }],
  ['a service without a token', { bsn: { url: 'https://did.example', projectId: 'p' } }],
  [
    'a registry that is no address',
    { ethr: { mainnet: { chainId: 1, registry: '0x1', nodes: [{ url: 'https://node.example' }], confirmations: 1 } } },
  ],
  [
    'more agreeing nodes than there are',
    {
      ethr: {
        mainnet: { chainId: 1, registry: `0x${'11'.repeat(20)}`, nodes: [{ url: 'https://node.example' }], agreeing: 2, confirmations: 1 },
      },
    },
  ],
])('settings with %s are refused', async (_, content) => {
  await expect(openOtherDids(await settings(content), {})).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFIG' })
})
