// What is no request, or nearly one, on every route of a whole server: refused, never a failure, and nothing outside is asked.
// FLIPS=… for more bits of each protocol.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createDpopProof, createPresentationResponse, type PresentationRequest, preAuthorizedGrant } from '@hufu/exchange'
import { generateSigner, type Signer } from '@hufu/keys'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signMessage } from '../../apps/institution/src/handover/peer-message.ts'
import { answer, presentAll, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { flipBits } from './input/flip-bits.ts'
import { forgedJwts } from './input/forged-jwts.ts'
import { malformedBodies, repeatedForms } from './input/malformed-bodies.ts'
import { type Answer, AttackedWorld, residentType } from './world/attacked-world.ts'
import { Canary } from './world/canary.ts'
import { changingRoutes, type DescribedRoute, headersFor } from './world/described-routes.ts'
import type { InstitutionProcess } from './world/institution-process.ts'
import { AuthorizedWallet, ask, makeOffer, walletOf } from './world/resident.ts'

const flips = Number(process.env.FLIPS ?? (process.env.LONG === '1' ? 240 : 24))
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

let world: AttackedWorld
let server: InstitutionProcess
let canary: Canary
let routes: readonly DescribedRoute[]
let authorized: AuthorizedWallet
let wallet: TestWallet
let stranger: Signer

beforeAll(async () => {
  world = await AttackedWorld.start()
  canary = await Canary.start()
  const token = join(world.folder, 'issuing-token')
  writeFileSync(token, world.bank.systemToken)
  server = await world.bank.start(undefined, { ISSUER_FILES: join(world.folder, 'bank.json'), ISSUING_TOKEN_FILE: token })
  routes = await changingRoutes(world.bank)
  authorized = await AuthorizedWallet.redeem(world.bank, await makeOffer(world.bank))
  wallet = await walletOf(world.bank)
  stranger = await generateSigner('P-256')
})

afterAll(async () => {
  canary?.stop()
  await server?.stop()
  await world?.stop()
})

afterEach(async () => {
  expect((await world.bank.request('GET', '/health/live')).status).toBe(200)
  expect(server.failures()).toEqual([])
  expect(canary.hits).toEqual([])
})

/** Does something with each, several at a time. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>, atOnce = 8): Promise<void> {
  const left = items.values()
  await Promise.all(Array.from({ length: atOnce }, async () => void (await drain(left, work))))
}

async function drain<Item>(left: Iterator<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value)
}

/** Where a server ends the connection before all was sent, that is a refusal, too. */
async function send(method: string, path: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array): Promise<number> {
  try {
    return (await world.bank.request(method, path, { headers, body })).status
  } catch (error) {
    if (error instanceof TypeError && error.message === 'fetch failed') return 413
    throw error
  }
}

const isRefusal = (status: number) => status >= 400 && status < 500

describe('every route that takes something', () => {
  test('refuses what is no body', async () => {
    const failures: string[] = []
    let tried = 0
    await each(
      routes.flatMap(route => malformedBodies.map(malformed => ({ route, malformed }))),
      async ({ route, malformed }) => {
        const headers = await headersFor(route, { bank: world.bank, peer: world.hospital, wallet: authorized })
        const type = malformed.type === undefined ? {} : { 'content-type': malformed.type }
        const status = await send(route.method, route.path, { ...headers, ...type }, malformed.body)
        tried++
        if (!isRefusal(status)) failures.push(`${route.method} ${route.path}, ${malformed.what}: ${status}`)
      },
    )
    // Without a body nothing is wrong with it: what needs none may do its work.
    expect(failures.filter(failure => !failure.includes(', nothing: '))).toEqual([])
    process.stdout.write(`malformed bodies: ${routes.length} routes, ${tried} requests\n`)
  })

  test('refuses forms in which a name stands twice', async () => {
    const failures: string[] = []
    await each(
      routes.flatMap(route => repeatedForms.map(body => ({ route, body }))),
      async ({ route, body }) => {
        const headers = await headersFor(route, { bank: world.bank, peer: world.hospital, wallet: authorized })
        const status = await send(route.method, route.path, { ...headers, ...form }, body)
        if (!isRefusal(status)) failures.push(`${route.method} ${route.path}, ${body.slice(0, 50)}: ${status}`)
      },
    )
    expect(failures).toEqual([])
  })

  test('refuses strange methods, addresses and headers', async () => {
    const { port } = world.bank
    const lines = [
      ['POST /vci/nonce HTTP/1.1', 'Content-Length: 2', 'Content-Length: 3', '', 'abc'],
      ['POST /vci/nonce HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked', '', '0', '', ''],
      ['POST /vci/nonce HTTP/1.1', 'Transfer-Encoding: chunked, identity', '', '0', '', ''],
      ['POST /vci/nonce HTTP/1.1', 'Transfer-Encoding: xchunked', '', '0', '', ''],
      ['POST /vci/nonce HTTP/1.1', 'Content-Length: -1', '', ''],
      ['POST /vci/nonce HTTP/1.1', 'Content-Length: 1e9', '', ''],
      ['GET /health/live HTTP/9.9', '', ''],
      ['BREW /health/live HTTP/1.1', '', ''],
      [`GET /${'a'.repeat(20_000)} HTTP/1.1`, '', ''],
      ['GET /health/live HTTP/1.1', `x: ${'a'.repeat(20_000)}`, '', ''],
      ['GET /health/live HTTP/1.1', 'a b: c', '', ''],
      ['GET /health/live HTTP/1.1', 'a\u0000: c', '', ''],
      ['GET /%ff%fe HTTP/1.1', '', ''],
      ['GET /..%2f..%2fetc%2fpasswd HTTP/1.1', '', ''],
      ['GET /staff/../../../etc/passwd HTTP/1.1', '', ''],
      ['GET http://169.254.169.254/latest HTTP/1.1', '', ''],
      ['CONNECT 127.0.0.1:22 HTTP/1.1', '', ''],
      ['TRACE / HTTP/1.1', '', ''],
    ]
    for (const parts of lines) {
      const [first, ...rest] = parts
      const said = await raw([first, `Host: localhost:${port}`, 'Connection: close', ...rest].join('\r\n'))
      expect(
        // Addresses are made straight first: below the staff's pages there are pages alone.
        said === '' || /^HTTP\/1\.1 (4\d\d|505)/.test(said) || (first!.includes('..') && /<!doctype html>/i.test(said)),
        `${first?.slice(0, 60)} ${rest[0]?.slice(0, 40)}: ${said.slice(0, 80)}`,
      ).toBe(true)
    }
  })
})

/** What a server says to bytes; empty where it says nothing. */
function raw(text: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(world.bank.port, '127.0.0.1', () => socket.write(text, 'latin1'))
    let said = ''
    socket.on('data', chunk => (said += chunk.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(said))
    socket.setTimeout(15_000, () => socket.destroy())
  })
}

test('contexts of JSON-LD are never fetched, and none keeps the server busy', async () => {
  const { bank } = world
  const known = 'https://www.w3.org/ns/credentials/v2'
  const there = [`http://127.0.0.1:${canary.port}/c`, `https://localhost:${canary.port}/c`, `http://[::1]:${canary.port}/c`]
  let nested: unknown = {}
  for (let depth = 0; depth < 25; depth++) nested = { t: { '@id': 'urn:t', '@context': nested } }
  const contexts: readonly unknown[] = [
    ...there.flatMap(url => [
      url,
      [known, url],
      [known, { '@import': url }],
      [known, { t: { '@id': 'urn:t', '@context': url } }],
      { '@context': url },
    ]),
    'file:///etc/passwd',
    'data:application/ld+json,{}',
    [known, ...Array.from({ length: 5_000 }, () => known)],
    [known, ...Array.from({ length: 2_000 }, (_, index) => ({ [`t${index}`]: `t${index + 1}:x` }))],
    [known, { a: { '@id': 'b:c' }, b: { '@id': 'a:c' } }],
    [known, nested],
    [known, { '@vocab': 'urn:x#', '@base': there[0] }],
    [known, { '@version': 1.1, '@propagate': true, '@protected': true, id: 'urn:other' }],
    [known, { '@language': 'x'.repeat(100_000) }],
    [],
    null,
    [[[[known]]]],
  ]
  const slow: string[] = []
  for (const context of contexts) {
    const credential = {
      '@context': context,
      type: ['VerifiableCredential'],
      issuer: bank.did,
      credentialSubject: { id: 'urn:x', t: { t: 1 } },
    }
    const proof = {
      ...{ type: 'DataIntegrityProof', cryptosuite: 'ecdsa-rdfc-2019', proofPurpose: 'assertionMethod', created: '2026-01-01T00:00:00Z' },
      ...{ verificationMethod: bank.kid, proofValue: `z${'1'.repeat(86)}` },
    }
    const signed = { ...credential, proof }
    const presentation = { '@context': context, type: 'VerifiablePresentation', holder: bank.did, verifiableCredential: [signed] }
    const bodies: readonly (readonly [string, object])[] = [
      ['/credentials/issue', { credential }],
      ['/credentials/verify', { verifiableCredential: signed }],
      ['/credentials/verify', { verifiableCredential: { ...signed, proof: { ...proof, '@context': context } } }],
      [
        '/presentations/verify',
        {
          verifiablePresentation: { ...presentation, proof: { ...proof, challenge: 'c', domain: 'd' } },
          options: { challenge: 'c', domain: 'd' },
        },
      ],
    ]
    for (const [path, body] of bodies) {
      const startedMs = performance.now()
      const { status } = await bank.request('POST', path, { headers: { ...json, authorization: `Bearer ${bank.systemToken}` }, body })
      expect(isRefusal(status), `${path} ${JSON.stringify(context).slice(0, 80)}: ${status}`).toBe(true)
      if (performance.now() - startedMs > 5_000) slow.push(`${path} ${JSON.stringify(context).slice(0, 80)}`)
    }
    const asked = await ask(bank, wallet, 'open-account-w3c')
    const { status } = await bank.request('POST', pathOf(asked.request), {
      headers: form,
      body: await w3cAnswer(asked.request, presentation),
    })
    expect(isRefusal(status), `presentation ${JSON.stringify(context).slice(0, 80)}: ${status}`).toBe(true)
  }
  expect(slow).toEqual([])
})

async function w3cAnswer(request: PresentationRequest, presentation: object): Promise<string> {
  return createPresentationResponse(request, { residence: [presentation as never] })
}

function pathOf({ responseUri }: Pick<PresentationRequest, 'responseUri'>): string {
  return new URL(responseUri).pathname
}

/** Something that is taken as it is, so that what is close to it can be tried. */
interface Protocol {
  /** Whose key the text is signed with, where it is a JWT. */
  readonly signer?: Signer
  readonly text: string
  /** Sends it, or something like it. */
  send(text: string): Promise<Pick<Answer, 'status' | 'text'>>
}

describe('what is nearly right', () => {
  test.each<[string, () => Promise<Protocol>]>([
    ['a proof of a key', keyProofs],
    ['a DPoP proof with an access token', resourceProofs],
    ['a DPoP proof with a code', tokenProofs],
    ['a message between institutions', messages],
    ['a holder’s proof in a presentation', holderProofs],
    ['an issuer’s signature in a presentation', issuerSignatures],
  ])('is refused as a JWT: %s', async (_, make) => {
    const protocol = await make()
    const { text, signer } = protocol
    const forged = await forgedJwts(text, signer!, stranger, `http://127.0.0.1:${canary.port}/keys`)
    const taken: string[] = []
    for (const { what, jwt } of forged) {
      const { status } = await protocol.send(jwt)
      if (!isRefusal(status)) taken.push(`${what}: ${status}`)
    }
    for (const [index, jwt] of flipBits(text, flips).entries()) {
      const { status } = await protocol.send(jwt)
      if (!isRefusal(status)) taken.push(`bit ${index}: ${status}`)
    }
    expect(taken).toEqual([])
    const last = await protocol.send(text)
    expect([last.status, last.status < 300 ? '' : last.text]).toEqual([expect.toSatisfy((status: number) => status < 300), ''])
  })

  test.each<[string, () => Promise<Protocol>]>([
    ['an access token', accessTokens],
    ['a code of an offer', codes],
    ['the token and the code of a presentation', finishing],
    ['a session of the staff', sessions],
    ['a token of a system', systems],
    ['the body of a message between institutions', messageBodies],
    ['a W3C credential', w3cCredentials],
  ])('by a bit is refused: %s', async (_, make) => {
    const protocol = await make()
    const taken: string[] = []
    for (const text of flipBits(protocol.text, flips)) {
      const { status } = await protocol.send(text)
      if (!isRefusal(status)) taken.push(`${text}: ${status}`)
    }
    expect(taken).toEqual([])
    const last = await protocol.send(protocol.text)
    expect([last.status, last.status < 300 ? '' : last.text]).toEqual([expect.toSatisfy((status: number) => status < 300), ''])
  })

  test('is refused as an encrypted answer: other algorithms, other keys, other forms, other bits', async () => {
    const taken: string[] = []
    let tried = 0
    const variants = jweVariants()
    for (const [index, change] of [...variants, ...Array.from({ length: flips }, () => null)].entries()) {
      const { request } = await ask(world.bank, wallet)
      const jwe = new URLSearchParams(await answer(wallet, request)).get('response')!
      const changed = change === null ? flipBits(jwe, flips)[index - variants.length]! : change(jwe)
      const { status } = await world.bank.request('POST', pathOf(request), {
        headers: form,
        body: new URLSearchParams({ response: changed }).toString(),
      })
      tried++
      if (!isRefusal(status)) taken.push(`${index}: ${status}`)
      // What did not open leaves the presentation to the wallet that was asked.
      if (index % 8 === 0) {
        const right = await world.bank.request('POST', pathOf(request), {
          headers: form,
          body: new URLSearchParams({ response: jwe }).toString(),
        })
        expect(right.status, right.text).toBe(200)
      }
    }
    expect(taken).toEqual([])
    expect(tried).toBeGreaterThan(30)
  })
})

async function keyProofs(): Promise<Protocol> {
  const signer = await generateSigner('P-256')
  const own = await AuthorizedWallet.redeem(world.bank, await makeOffer(world.bank))
  return {
    signer,
    text: await own.keyProof(signer, await own.nonce()),
    send: async proof =>
      world.bank.request('POST', '/vci/credential', {
        headers: await own.headers('/vci/credential'),
        body: { credential_configuration_id: `${residentType}_sd-jwt`, proofs: { jwt: [proof] } },
      }),
  }
}

/** A wallet that has collected, and what it says then. */
async function collected(): Promise<{ own: AuthorizedWallet; body: object }> {
  const own = await AuthorizedWallet.redeem(world.bank, await makeOffer(world.bank))
  const { notificationId } = (await own.collect(`${residentType}_sd-jwt`, [await generateSigner('P-256')])) as { notificationId: string }
  return { own, body: { notification_id: notificationId, event: 'credential_accepted' } }
}

async function resourceProofs(): Promise<Protocol> {
  const { own, body } = await collected()
  const { authorization, dpop } = (await own.headers('/vci/notification')) as { authorization: string; dpop: string }
  return {
    signer: own.dpop,
    text: dpop,
    send: async text => world.bank.request('POST', '/vci/notification', { headers: { authorization, dpop: text }, body }),
  }
}

async function tokenProofs(): Promise<Protocol> {
  const { code, txCode } = await makeOffer(world.bank)
  const signer = await generateSigner('P-256')
  const url = `${world.bank.url}/oidc/token`
  const body = new URLSearchParams({ grant_type: preAuthorizedGrant, 'pre-authorized_code': code, tx_code: txCode }).toString()
  return {
    signer,
    text: await createDpopProof({ method: 'POST', url, nowMs: Date.now(), signer }),
    send: async dpop => world.bank.request('POST', '/oidc/token', { headers: { ...form, dpop }, body }),
  }
}

const recordBody = () => ({
  record: 'x-ray',
  untilMs: 1000 * Math.ceil(Date.now() / 1000) + 3_600_000,
  receiverName: { 'zh-CN': '医院', en: 'Hospital' },
})
const recordPath = '/handover/peer/requests'

async function signedMessage(body: object): Promise<string> {
  const { bank, hospital } = world
  const content = { issuer: hospital.did, audience: bank.did, about: { method: 'POST', path: recordPath }, body } as never
  return (await signMessage(content, { id: hospital.kid, signer: hospital.signer }, Date.now())).jws
}

async function messages(): Promise<Protocol> {
  const body = recordBody()
  return {
    signer: world.hospital.signer,
    text: await signedMessage(body),
    send: async jws => world.bank.request('POST', recordPath, { headers: { 'hufu-message': jws }, body }),
  }
}

async function messageBodies(): Promise<Protocol> {
  const body = recordBody()
  const jws = await signedMessage(body)
  return {
    text: JSON.stringify(body),
    send: async text => world.bank.request('POST', recordPath, { headers: { ...json, 'hufu-message': jws }, body: text }),
  }
}

/** A presentation for a new request, bent, and sent. */
async function showBent(change: (presentation: string) => Promise<string> | string): Promise<Answer> {
  const { request } = await ask(world.bank, wallet)
  const [presentation] = (await presentAll(wallet, request)).residence!
  const body = await createPresentationResponse(request, { residence: [await change(presentation!)] })
  return world.bank.request('POST', pathOf(request), { headers: form, body })
}

/** The proof of each request is another: what is done to the first one is done to them. */
async function holderProofs(): Promise<Protocol> {
  const { signer } = wallet.sdJwt!
  const first = await ask(world.bank, wallet)
  const text = (await presentAll(wallet, first.request)).residence![0]!.split('~').at(-1)!
  const forgedOf = async (jwt: string) => [
    ...(await forgedJwts(jwt, signer, stranger, `http://127.0.0.1:${canary.port}/keys`)).map(one => one.jwt),
    ...flipBits(jwt, flips),
  ]
  const known = await forgedOf(text)
  let next = 0
  return {
    signer,
    text,
    send: jwt =>
      showBent(async presentation => {
        const proof = presentation.split('~').at(-1)!
        const change = jwt === text ? -1 : next++
        expect(change).toBeLessThan(known.length)
        return presentation.slice(0, -proof.length) + (change < 0 ? proof : (await forgedOf(proof))[change]!)
      }),
  }
}

async function issuerSignatures(): Promise<Protocol> {
  const { credential, signer: holder } = wallet.sdJwt!
  const text = credential.split('~')[0]!
  return {
    signer: world.bank.signer,
    text,
    send: jwt =>
      showBent(async presentation => {
        const [, ...parts] = presentation.split('~')
        const [header, payload] = parts.pop()!.split('.') as [string, string]
        const shown = `${[jwt, ...parts].join('~')}~`
        // The holder signs what is shown: nothing but the issuer's part is wrong.
        const claims = {
          ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
          sd_hash: createHash('sha256').update(shown).digest('base64url'),
        }
        const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
        return `${shown}${input}.${Buffer.from(await holder.sign(Buffer.from(input))).toString('base64url')}`
      }),
  }
}

async function accessTokens(): Promise<Protocol> {
  const { own, body } = await collected()
  return {
    text: own.token.accessToken,
    async send(accessToken) {
      const request = { method: 'POST', url: `${world.bank.url}/vci/notification`, accessToken, nowMs: Date.now() }
      const headers = { authorization: `DPoP ${accessToken}`, dpop: await createDpopProof({ ...request, signer: own.dpop }) }
      return world.bank.request('POST', '/vci/notification', { headers, body })
    },
  }
}

async function codes(): Promise<Protocol> {
  const { code, txCode } = await makeOffer(world.bank)
  return {
    text: code,
    send: async changed =>
      world.bank.request('POST', '/oidc/token', {
        headers: form,
        body: new URLSearchParams({ grant_type: preAuthorizedGrant, 'pre-authorized_code': changed, tx_code: txCode }).toString(),
      }),
  }
}

async function finishing(): Promise<Protocol> {
  const { id, token, request } = await ask(world.bank, wallet, 'open-account', { returnTo: 'https://shop.example/back' })
  const taken = await world.bank.done('POST', pathOf(request), { headers: form, body: await answer(wallet, request) })
  const code = new URL(taken.redirect_uri).searchParams.get('response_code')!
  return {
    text: `${token} ${code}`,
    async send(text) {
      const [changed = '', responseCode = ''] = text.split(' ')
      const headers = { authorization: `Bearer ${changed}` }
      return world.bank.request('POST', `/verifier/presentations/${id}/finish`, { headers, body: { responseCode } })
    },
  }
}

async function sessions(): Promise<Protocol> {
  const { cookie, 'x-hufu-csrf': csrf, origin } = await world.bank.signIn('clerk')
  const value = cookie.split('=')[1]!
  const name = cookie.split('=')[0]!
  return {
    text: `${value} ${csrf}`,
    async send(text) {
      const [changed = '', changedCsrf = ''] = text.split(' ')
      const headers = { cookie: `${name}=${changed}`, 'x-hufu-csrf': changedCsrf, origin }
      return world.bank.request('POST', '/staff/confirmation/options', { headers })
    },
  }
}

async function systems(): Promise<Protocol> {
  return {
    text: world.bank.systemToken,
    send: async token =>
      world.bank.request('POST', '/verifier/presentations', {
        headers: { authorization: `Bearer ${token}` },
        body: { queryId: 'open-account' },
      }),
  }
}

async function w3cCredentials(): Promise<Protocol> {
  const own = await AuthorizedWallet.redeem(world.bank, await makeOffer(world.bank))
  const { credentials } = (await own.collect(`${residentType}_w3c`, [await generateSigner('P-256')])) as { credentials: readonly object[] }
  const text = JSON.stringify(credentials[0])
  const send = (changed: string) =>
    world.bank.request('POST', '/credentials/verify', { headers: json, body: `{"verifiableCredential":${changed}}` })
  // Its lists are given out once they are on the ledger.
  await expect.poll(async () => (await send(text)).text, { timeout: 20_000 }).toContain('"verified":true')
  return { text, send }
}

function jweVariants(): readonly ((jwe: string) => string)[] {
  const withHeader = (change: (header: Record<string, unknown>) => object) => (jwe: string) => {
    const [header, ...rest] = jwe.split('.')
    const changed = change(JSON.parse(Buffer.from(header!, 'base64url').toString()))
    return [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.')
  }
  const withPart = (place: number, change: (part: string) => string) => (jwe: string) =>
    jwe
      .split('.')
      .map((part, index) => (index === place ? change(part) : part))
      .join('.')
  const algs = [
    'none',
    'dir',
    'RSA-OAEP',
    'RSA1_5',
    'ECDH-ES+A128KW',
    'ECDH-ES+A256KW',
    'A256KW',
    'A256GCMKW',
    'PBES2-HS256+A128KW',
    'ecdh-es',
  ]
  const encs = ['A128CBC-HS256', 'A256CBC-HS512', 'A192GCM', 'none', '']
  const point = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
  return [
    ...algs.map(alg => withHeader(header => ({ ...header, alg }))),
    ...encs.map(enc => withHeader(header => ({ ...header, enc }))),
    withHeader(header => ({ ...header, zip: 'DEF' })),
    withHeader(header => ({ ...header, crit: ['exp'], exp: 1 })),
    withHeader(header => ({ ...header, epk: undefined })),
    withHeader(header => ({ ...header, epk: point })),
    withHeader(header => ({ ...header, epk: { ...point, x: 'AQ', y: 'AQ' } })),
    withHeader(header => ({ ...header, epk: { ...point, crv: 'P-521' } })),
    withHeader(header => ({ ...header, epk: { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) } })),
    withHeader(header => ({ ...header, kid: 'another' })),
    withHeader(header => ({ ...header, p2c: 2_147_483_647, p2s: 'AAAA', alg: 'PBES2-HS512+A256KW' })),
    withHeader(header => ({ ...header, apu: 'A'.repeat(100_000) })),
    withHeader(header => ({ ...header, jku: `http://127.0.0.1:${canary.port}/keys` })),
    withPart(1, () => 'AAAA'),
    withPart(2, () => ''),
    withPart(3, () => ''),
    withPart(4, tag => tag.slice(0, 4)),
    withPart(4, () => ''),
    jwe => jwe.split('.').slice(0, 4).join('.'),
    jwe => `${jwe}.AAAA`,
    jwe => {
      const [header, key, iv, ciphertext, tag] = jwe.split('.')
      return JSON.stringify({ protected: header, encrypted_key: key, iv, ciphertext, tag })
    },
    jwe => jwe.split('.').slice(0, 3).join('.'),
  ]
}
