import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetchOutside, outsideFetch } from './fetch-outside.ts'
import { checkOutside } from './outside-address.ts'
import { OutsideAgents } from './outside-agents.ts'

/** Inner addresses, with how IPv4 ones can be written besides. */
const innerIpv4 = [
  '127.0.0.1',
  '127.8.9.10',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '0.1.2.3',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
]
const innerIpv6 = [
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
  '0000:0000:0000:0000:0000:0000:0000:0001',
  'fe80::1',
  'febf::1',
  'fc00::1',
  'fd12:3456::1',
  'fec0::1',
  'ff02::1',
  'ff05::1:3',
  '100::1',
  '2001:db8::1',
  '2001::1',
  '5f00::1',
  '64:ff9b:1::7f00:1',
  '4000::1',
]

function formsOfIpv4(address: string): readonly string[] {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const hex = (value: number) => value.toString(16)
  const octal = (value: number) => `0${value.toString(8)}`
  const groups = `${hex((a << 8) | b)}:${hex((c << 8) | d)}`
  return [
    address,
    `${address}.`,
    String(number),
    `0x${hex(number)}`,
    octal(number),
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map(part => `0x${hex(part)}`).join('.'),
    [a, b, c, d].map(part => `000${octal(part)}`).join('.'),
    `${a}.${b}.${(c << 8) | d}`,
    `${a}.${(b << 16) | (c << 8) | d}`,
    `0x${hex(a)}.${octal(b)}.${c}.${d}`,
    [...address].map(character => (character === '.' ? '%2e' : `%${hex(character.charCodeAt(0))}`)).join(''),
    `[::ffff:${address}]`,
    `[::ffff:${groups}]`,
    `[0:0:0:0:0:ffff:${groups}]`,
    `[::${address}]`,
    `[::ffff:0:${groups}]`,
    `[64:ff9b::${groups}]`,
    `[2002:${groups}::]`,
    `[2001:0:${groups}::1]`,
  ]
}

const names = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  'localhost.localdomain',
  'printer',
  'router.local',
  'metadata.google.internal',
  'db.corp',
  'nas.lan',
  'x.home',
  'a.b.test',
  '1.0.0.127.in-addr.arpa',
  'xn--lcalhost-q1a',
  'loc%61lhost',
  '%6c%6f%63alhost',
]

/** Names in public DNS that stand for inner addresses. */
const named: Readonly<Record<string, string>> = Object.fromEntries(
  [...innerIpv4, ...innerIpv6, '::ffff:127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '::127.0.0.1', 'fe80::1%eth0', 'not an address'].map(
    (address, n) => [`n${n}.example.com`, address],
  ),
)

/** Texts that one reader takes for an outer address and another for an inner one. */
const tricks = (host: string, port: number) => [
  `https://example.com@${host}:${port}/`,
  `https://example.com:443@${host}:${port}/`,
  `https://example.com%40${host}:${port}/`,
  `https://example.com\\@${host}:${port}/`,
  `https://${host}:${port}\\@example.com/`,
  `https:\\\\${host}:${port}/`,
  `https://example.com#@${host}:${port}/`.replace('#', '%23'),
  `https://user@${host}:${port}/`,
  `https://:p@${host}:${port}/`,
  `https://@${host}:${port}/`,
  ` https://${host}:${port}/`,
  `https://${host}\t:${port}/`,
  `ht\ntps://${host}:${port}/`,
  `https:///${host}:${port}/`,
  `https:${host}:${port}/`,
  `//${host}:${port}/`,
  `http://${host}:${port}/`,
  `HTTP://${host}:${port}/`,
  `ftp://${host}:${port}/`,
  `file://${host}/etc/passwd`,
  `gopher://${host}:${port}/_GET`,
  `data:text/plain,${host}`,
  `blob:https://${host}:${port}/`,
  `https://${host.replaceAll('.', '。')}:${port}/`,
  `https://${host.replaceAll('0', '０').replaceAll('1', '①')}:${port}/`,
]

/** As did:web turns a DID into an address. */
function didWebUrl(did: string): string {
  const [host, ...path] = did.slice('did:web:'.length).split(':')
  return `https://${decodeURIComponent(host!)}/${[...path, path.length === 0 ? '.well-known' : '', 'did.json'].filter(part => part !== '').join('/')}`
}

function innerUrls(port: number): readonly string[] {
  const hosts = [
    ...innerIpv4.flatMap(formsOfIpv4),
    ...innerIpv6.map(address => `[${address}]`),
    '[fe80::1%25eth0]',
    ...names,
    ...Object.keys(named),
  ]
  return [
    ...hosts.map(host => `https://${host}:${port}/`),
    ...innerIpv4.slice(0, 4).flatMap(host => tricks(host, port)),
    ...[
      ...innerIpv4,
      'localhost',
      '%5B%3A%3A1%5D',
      '0x7f000001',
      '2130706433',
      'user%40127.0.0.1',
      '127.1',
      '127.0.0.1%2F',
      'n0.example.com',
    ].map(host => didWebUrl(`did:web:${host}%3A${port}:a`)),
  ]
}

let hits = 0
const sentinels: Server[] = []
let port = 0
beforeAll(async () => {
  const listen = (host: string, at: number) =>
    new Promise<number>(resolve => {
      const server = createTcp(socket => {
        hits++
        socket.destroy()
      }).listen(at, host, () => resolve((server.address() as AddressInfo).port))
      server.on('error', () => resolve(at))
      sentinels.push(server)
    })
  port = await listen('0.0.0.0', 0)
  await listen('::1', port)
})
afterAll(() => Promise.all(sentinels.map(server => new Promise(resolve => server.close(resolve)))))

const resolveName = async (host: string) => {
  const address = named[host]
  if (address === undefined) throw new Error('no such name')
  return [address]
}
const limits = { maxBytes: 100, timeoutMs: 1_000 }

test('goes to no inner address, however it is written', async () => {
  const urls = innerUrls(port)
  expect(new Set(urls).size).toBeGreaterThanOrEqual(300)
  for (const url of urls) {
    const code = await fetchOutside(url, { ...limits, resolveName }).then(
      () => 'answered',
      error => error.code,
    )
    expect([url, code]).toEqual([url, expect.stringMatching(/^ERR_SERVICE_(ADDRESS|OUTSIDE)$/)])
  }
  expect(hits).toBe(0)
})

test('where this machine is allowed, goes to no other inner address', async () => {
  const isThisMachine = (url: string) => {
    const host = URL.canParse(url) ? new URL(url).hostname : ''
    return /^(127\.|\[?[0:]+:0*1\]?$|(.+\.)?localhost$)/.test(named[host] ?? host)
  }
  const elsewhere = innerUrls(port).filter(url => !isThisMachine(url))
  expect(elsewhere.length).toBeGreaterThan(200)
  for (const url of elsewhere) await expect(fetchOutside(url, { ...limits, resolveName, allowLoopback: true })).rejects.toThrow()
  expect(hits).toBe(0)
  const codes = [`https://127.0.0.1:${port}/`, `http://localhost:${port}/`].map(url =>
    fetchOutside(url, { ...limits, allowLoopback: true }).catch(error => error.code),
  )
  expect(await Promise.all(codes)).toEqual(['ERR_SERVICE_OUTSIDE', 'ERR_SERVICE_OUTSIDE'])
  expect(hits).toBeGreaterThanOrEqual(2)
  await expect(fetchOutside('http://example.com/', { ...limits, resolveName, allowLoopback: true })).rejects.toThrow('https')
})

test.each([
  '8.8.8.8',
  '11.0.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '169.253.1.1',
  '126.255.255.255',
  '128.0.0.1',
  '192.167.1.1',
  '192.169.1.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2400:3200::1',
])('%s is outside', address => expect(() => checkOutside(address, {})).not.toThrow())

test('an allowed network is as wide as it says', () => {
  const policy = { allowNetworks: ['10.20.0.0/16', 'fd00:1::/32'] }
  for (const address of ['10.20.0.1', '10.20.255.255', 'fd00:1::5']) expect(() => checkOutside(address, policy)).not.toThrow()
  for (const address of ['10.21.0.1', '10.19.255.255', 'fd00:2::5', '127.0.0.1', '::ffff:10.20.0.1'])
    expect(() => checkOutside(address, policy)).toThrow(expect.objectContaining({ code: 'ERR_SERVICE_ADDRESS' }))
})

describe('of a server that is asked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-outside-'))
  const file = (name: string) => join(folder, name)
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      file('key'),
      '-out',
      file('cert'),
      '-subj',
      '/CN=bank.example.com',
      '-addext',
      'subjectAltName=DNS:bank.example.com',
      '-days',
      '2',
    ],
    { stdio: 'ignore' },
  )
  const ca = readFileSync(file('cert'), 'utf8')
  const seen: { host: string | undefined; servername: unknown; cookie: string | undefined; body: string }[] = []
  const server = createHttps({ key: readFileSync(file('key')), cert: ca }, async (request, answer) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({
      host: request.headers.host,
      servername: (request.socket as { servername?: unknown }).servername,
      cookie: request.headers.cookie,
      body,
    })
    if (request.url === '/redirect') answer.writeHead(302, { location: 'https://bank.example.com/' }).end()
    else if (request.url === '/long') answer.end('x'.repeat(101))
    else if (request.url === '/endless') answer.write('x')
    else if (request.url === '/compressed') answer.writeHead(200, { 'content-encoding': 'gzip' }).end('x')
    else if (request.url === '/missing') answer.writeHead(404).end('no')
    else answer.writeHead(200, { 'content-type': 'text/plain', 'x-list': ['a', 'b'] }).end(`hello ${body}`)
  })
  let at = ''
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    at = `https://bank.example.com:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const toServer = { ...limits, ca, allowNetworks: ['127.0.0.0/8'], resolveName: async () => ['127.0.0.1'] }

  test('gives the answer, whatever its status; the name in TLS and headers is the one that was given', async () => {
    const answer = await fetchOutside(`${at}/a`, { ...toServer, method: 'POST', body: '城', headers: { accept: 'text/plain' } })
    expect([answer.status, await answer.text(), answer.headers.get('x-list')]).toEqual([200, 'hello 城', 'a, b'])
    expect(seen.at(-1)).toEqual({ host: at.slice(8), servername: 'bank.example.com', cookie: undefined, body: '城' })
    expect((await fetchOutside(`${at}/missing`, toServer)).status).toBe(404)
  })

  test.each([
    ['a redirect', '/redirect'],
    ['a longer answer', '/long'],
    ['one that does not end', '/endless'],
    ['a compressed one', '/compressed'],
  ])('refuses %s', async (_, path) => {
    await expect(fetchOutside(`${at}${path}`, { ...toServer, timeoutMs: 300 })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SERVICE_OUTSIDE' }),
    )
  })

  test('refuses another name’s certificate, and an unknown one', async () => {
    await expect(fetchOutside(at.replace('bank', 'bureau'), toServer)).rejects.toThrow('no answer')
    const { ca: _, ...untrusting } = toServer
    await expect(fetchOutside(at, untrusting)).rejects.toThrow('no answer')
  })

  test('connects to the address that was looked at, asking DNS once', async () => {
    let asked = 0
    const rebinding = async () => [asked++ === 0 ? '127.0.0.1' : '127.0.0.2']
    const policy = { ...toServer, allowNetworks: ['127.0.0.1/32'], resolveName: rebinding }
    expect((await fetchOutside(at, policy)).status).toBe(200)
    expect(asked).toBe(1)
    await expect(fetchOutside(at, policy)).rejects.toThrow('public address')
    await expect(fetchOutside(at, { ...policy, resolveName: async () => ['127.0.0.1', '10.0.0.1'] })).rejects.toThrow('public address')
    await expect(fetchOutside(at, { ...policy, resolveName: async () => [] })).rejects.toThrow('no address')
  })

  test('does not wait for a name longer than it may', async () => {
    const resolveNever = () => new Promise<never>(() => undefined)
    await expect(fetchOutside(at, { ...toServer, timeoutMs: 100, resolveName: resolveNever })).rejects.toThrow('no answer')
  })

  test('keeps connections where it is told to, and looks at the address all the same', async () => {
    let connections = 0
    server.on('secureConnection', () => connections++)
    const agents = new OutsideAgents()
    for (let time = 0; time < 3; time++) expect(await (await fetchOutside(`${at}/a`, { ...toServer, agents })).text()).toBe('hello ')
    expect(connections).toBe(1)
    const elsewhere = { ...toServer, agents, resolveName: async () => ['10.0.0.1'] }
    await expect(fetchOutside(`${at}/a`, elsewhere)).rejects.toThrow('public address')
    const { ca: _, ...untrusting } = toServer
    await expect(fetchOutside(`${at}/a`, { ...untrusting, agents })).rejects.toThrow('no answer')
    agents.close()
  })

  test('stands in for fetch', async () => {
    const fetch = outsideFetch(toServer)
    const answer = await fetch(`${at}/a`, { method: 'POST', body: 'x', redirect: 'error', headers: { accept: 'text/plain' } })
    expect(await answer.text()).toBe('hello x')
    await expect(fetch(`https://127.0.0.1:1/`, { method: 'PUT' })).rejects.toThrow(TypeError)
    await expect(outsideFetch({})('https://127.0.0.1:1/')).rejects.toThrow('public address')
  })
})

test('asks this machine by plain HTTP where that is allowed', async () => {
  const server = createHttp((_request, answer) => answer.end('here'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port: at } = server.address() as AddressInfo
  for (const host of ['127.0.0.1', 'localhost', 'bank.localhost']) {
    expect(await (await fetchOutside(`http://${host}:${at}/`, { ...limits, allowLoopback: true })).text()).toBe('here')
    await expect(fetchOutside(`http://${host}:${at}/`, limits)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SERVICE_ADDRESS' }))
  }
  server.closeAllConnections()
  server.close()
})
