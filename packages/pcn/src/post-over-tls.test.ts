// What the library for certificates stands on: must be there before it.
import 'reflect-metadata'
import { createHash, X509Certificate as NodeCertificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostOptions, postOverTls } from './post-over-tls.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

let server: Server
let certificate: string
let pin: string
let gatewayUrl: string
let asked = 0

/** A key, and a certificate for `localhost` by it. */
async function makeCertificate() {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost',
      keys,
      signingAlgorithm: algorithm,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
    },
    crypto as Crypto,
  )
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { cert: made.toString('pem'), key }
}

beforeAll(async () => {
  const { cert, key } = await makeCertificate()
  certificate = cert
  const spki = new NodeCertificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  pin = createHash('sha256').update(spki).digest('hex')
  server = createServer({ cert, key }, (request, response) => {
    asked++
    if (request.url === '/silent') return
    if (request.url === '/redirect') return void response.writeHead(302, { location: '/' }).end('{}')
    if (request.url === '/long') return void response.end('x'.repeat(2_000))
    if (request.url === '/latin') return void response.end(Buffer.from([0xe9]))
    if (request.url === '/broken') {
      response.writeHead(200, { 'content-length': '100' })
      return void response.write('half', () => response.destroy())
    }
    request.setEncoding('utf8')
    let body = ''
    request
      .on('data', (part: string) => {
        body += part
      })
      .on('end', () => response.end(`${request.method} ${request.url} ${body}`))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  gatewayUrl = `https://localhost:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function post(path: string, options: { readonly [Name in keyof PostOptions]?: PostOptions[Name] | undefined } = {}): Promise<string> {
  const settings = { gatewayUrl, tlsAuthority: certificate, tlsPin: pin, timeoutMs: 2_000, maxBytes: 1_000, ...options }
  const posting = postOverTls(settings as PostOptions)
  try {
    return await posting(path, '{"a":"ü"}')
  } finally {
    posting.close()
  }
}

describe('a request over TLS', () => {
  test('goes to the gateway with the pinned key', async () => {
    expect(await post('/api/x')).toBe('POST /api/x {"a":"ü"}')
    expect(await post('/api/x', { tlsPin: undefined })).toBe('POST /api/x {"a":"ü"}')
  })

  test('goes to nobody with another key, though an authority vouches for it: nothing is sent', async () => {
    const before = asked
    await expect(post('/', { tlsPin: '00'.repeat(32) })).rejects.toThrow(withCode('ERR_PCN_PIN'))
    expect(asked).toBe(before)
  })

  test('goes to nobody for whom no authority vouches, though the key is pinned', async () => {
    const other = (await makeCertificate()).cert
    await expect(post('/', { tlsAuthority: other })).rejects.toThrow(withCode('ERR_PCN_UNREACHABLE'))
    await expect(post('/', { gatewayUrl: gatewayUrl.replace('localhost', '127.0.0.1') })).rejects.toThrow(withCode('ERR_PCN_UNREACHABLE'))
  })

  test('that is not answered in time may have been carried out; one that nobody took was not', async () => {
    await expect(post('/silent', { timeoutMs: 200 })).rejects.toThrow(withCode('ERR_PCN_UNKNOWN'))
    await expect(post('/broken')).rejects.toThrow(withCode('ERR_PCN_UNKNOWN'))
    const closed = createHttpServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    await expect(post('/', { gatewayUrl: `https://localhost:${port}` })).rejects.toThrow(withCode('ERR_PCN_UNREACHABLE'))
  })

  test.each(['/redirect', '/long', '/latin'])('answered by %s has no answer', async path => {
    await expect(post(path)).rejects.toThrow(withCode('ERR_PCN_ANSWER'))
  })

  test('is the only kind there is, except to this machine', () => {
    for (const wrong of ['http://node.example', 'http://127.0.0.1.example', 'ftp://localhost', 'http://localhost.example:80'])
      expect(() => postOverTls({ gatewayUrl: wrong })).toThrow(TypeError)
    for (const right of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://node.example'])
      postOverTls({ gatewayUrl: right }).close()
    expect(() => postOverTls({ gatewayUrl, tlsPin: 'AB'.repeat(32) })).toThrow(TypeError)
  })
})
