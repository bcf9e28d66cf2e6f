import { createErrorResponse, type PresentationRequest } from '@hufu/exchange'
import { base64urlToBytes, bytesToBase64url } from '@hufu/primitives'
import { openEmbeddedDatabase } from '@hufu/service'
import { CompactEncrypt, importJWK } from 'jose'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { BeginOptions, BegunPresentation } from './presentation-desk.ts'
import { publicUrl, type Replica, strayText, systemToken, World } from './verifier-fixture.ts'
import { answer, openLink, post, presentAll, type TestWallet } from './wallet-fixture.ts'

let world: World
let bank: Replica
let wallet: TestWallet

const database = await openEmbeddedDatabase()
afterAll(() => database.close())

beforeEach(async () => {
  world = await World.open(database)
  for (const table of ['presentations', 'receipts', 'used_values']) await database.query(`delete from ${table}`)
  bank = await world.replica()
  wallet = await world.wallet(bank)
})

function begin(options: Partial<BeginOptions> = {}): Promise<BegunPresentation> {
  return bank.verifier.desk.begin({ queryId: 'open-account', purpose: { kind: 'system', id: 'test' }, ...options })
}

/** Begins, and opens the request in the wallet. */
async function ask(options: Partial<BeginOptions> = {}): Promise<{ begun: BegunPresentation; request: PresentationRequest }> {
  const begun = await begin(options)
  return { begun, request: await openLink(wallet, begun.qr) }
}

function finish({ id, token }: BegunPresentation, responseCode?: string, replica = bank) {
  return world.database.transaction(queries => replica.verifier.desk.finish(queries, id, { token, responseCode }))
}

async function receipts(): Promise<
  readonly { verdict: string; failed_rule: string | null; code: string | null; content: Uint8Array | null }[]
> {
  return world.database.query('select verdict, failed_rule, code, content from receipts order by at_ms, id')
}

describe('asks a registered query', () => {
  test('and the result is what was asked, once', async () => {
    const { begun, request } = await ask()
    expect(request).toMatchObject({ registeredQuery: { id: 'open-account', version: 1 }, verifier: bank.did })
    expect(request.nonce.length).toBeGreaterThanOrEqual(22)
    expect(await bank.verifier.desk.state(begun.id)).toBe('opened')
    expect(await post(wallet, request, await answer(wallet, request))).toEqual({ status: 200, json: {} })
    expect(await bank.verifier.desk.state(begun.id)).toBe('answered')
    expect(await finish(begun)).toMatchObject({
      queryId: 'open-account',
      formats: ['dc+sd-jwt'],
      claims: { residence: { age_equal_or_over: { 18: true }, city_code: '990100' } },
    })
    await expect(finish(begun)).rejects.toMatchObject({ code: 'ERR_VERIFIER_STATE' })
  })

  test('and gives one pseudonym to one person, another to another', async () => {
    const other = await world.wallet(bank, 'wang')
    const pseudonyms: (string | undefined)[] = []
    for (const each of [wallet, wallet, other]) {
      const begun = await begin({ queryId: 'sign-in' })
      const request = await openLink(each, begun.qr)
      expect(await post(each, request, await answer(each, request))).toMatchObject({ status: 200 })
      pseudonyms.push((await finish(begun)).pseudonym)
    }
    expect(pseudonyms[0]).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(pseudonyms[1]).toBe(pseudonyms[0])
    expect(pseudonyms[2]).not.toBe(pseudonyms[0])
  })

  test('no other, and none while it is suspended', async () => {
    await expect(begin({ queryId: 'anything-else' })).rejects.toMatchObject({ code: 'ERR_VERIFIER_QUERY' })
    const begun = await begin()
    const asked = await ask()
    const form = await answer(wallet, asked.request)
    world.suspended.add('institution')
    await expect(begin()).rejects.toMatchObject({ code: 'ERR_VERIFIER_QUERY' })
    await expect(openLink(wallet, begun.qr)).rejects.toMatchObject({ code: 'ERR_EXCHANGE_ANSWER' })
    expect(await post(wallet, asked.request, form)).toMatchObject({ status: 400, json: { rule: 'query', code: 'ERR_VERIFIER_QUERY' } })
    expect(await bank.verifier.desk.state(asked.begun.id)).toBe('refused')
  })

  test('together with a transaction, to which the answer is bound', async () => {
    const hand = (end: number) => [{ type: 'urn:hufu:hand-over', credential_ids: ['residence'], record: 'x-ray', end }]
    const { request } = await ask({ transactionData: hand(2) })
    const other = await ask({ transactionData: hand(3) })
    expect(request.transactionData).toMatchObject([{ type: 'urn:hufu:hand-over', content: { record: 'x-ray', end: 2 } }])
    const bent = await answer(wallet, request, binding => ({ ...binding, transactionDataHashes: [strayText()] }))
    expect(await post(wallet, request, bent)).toMatchObject({ status: 400, json: { rule: 'presentation-content' } })
    expect(await post(wallet, other.request, await answer(wallet, other.request))).toMatchObject({ status: 200 })
    await expect(begin({ transactionData: [{ type: 'x', credential_ids: ['another'] }] })).rejects.toMatchObject({
      code: 'ERR_VERIFIER_REQUEST',
    })
  })
})

describe('the request', () => {
  test('can be fetched again for a minute, and no longer', async () => {
    const begun = await begin()
    await openLink(wallet, begun.qr)
    world.clock.advance(60_000)
    await openLink(wallet, begun.qr)
    world.clock.advance(1)
    expect((await wallet.fetch(begun.requestUri)).status).toBe(409)
  })

  test('cannot be fetched once it is answered, or has expired', async () => {
    const { begun, request } = await ask()
    await post(wallet, request, await answer(wallet, request))
    expect((await wallet.fetch(begun.requestUri)).status).toBe(409)
    const late = await begin()
    world.clock.advance(300_000)
    expect((await wallet.fetch(late.requestUri)).status).toBe(410)
    expect((await wallet.fetch(`${publicUrl}/vp/requests/00000000-0000-4000-8000-000000000000`)).status).toBe(404)
  })
})

describe('refuses', () => {
  const cases: readonly [
    string,
    (request: PresentationRequest) => Promise<string> | string,
    { readonly rule: string; readonly code?: string; readonly state?: string },
  ][] = [
    [
      'a presentation for another verifier',
      request => answer(wallet, request, binding => ({ ...binding, audience: `${binding.audience}x` })),
      { rule: 'audience' },
    ],
    ['one with another nonce', request => answer(wallet, request, binding => ({ ...binding, nonce: strayText() })), { rule: 'nonce' }],
    [
      'one bit flipped in the presentation',
      async request => encrypt(request, { vp_token: flipped(await presentAll(wallet, request)), state: request.state }),
      { rule: 'holder' },
    ],
    [
      'one bit flipped in the encryption',
      async request => flipLast(await answer(wallet, request)),
      { rule: 'response', code: 'ERR_EXCHANGE_DECRYPTION', state: 'opened' },
    ],
    [
      'another state',
      async request => encrypt(request, { vp_token: await presentAll(wallet, request), state: strayText() }),
      { rule: 'state', state: 'opened' },
    ],
    ['no state', async request => encrypt(request, { vp_token: await presentAll(wallet, request) }), { rule: 'state', state: 'opened' }],
    [
      'an answer that is not encrypted',
      async request =>
        new URLSearchParams({ vp_token: JSON.stringify(await presentAll(wallet, request)), state: request.state! }).toString(),
      { rule: 'response', code: 'ERR_EXCHANGE_MALFORMED', state: 'opened' },
    ],
    [
      'another encryption',
      async request => encrypt(request, { vp_token: await presentAll(wallet, request), state: request.state }, 'A128CBC-HS256'),
      { rule: 'response', code: 'ERR_EXCHANGE_ALGORITHM', state: 'opened' },
    ],
    [
      'a presentation under a name that nobody asked for',
      async request => encrypt(request, { vp_token: { other: ['x'] }, state: request.state }),
      { rule: 'answer' },
    ],
    [
      'two where one was asked for',
      async request =>
        encrypt(request, { vp_token: { residence: [...(await presentAll(wallet, request)).residence!, 'x'] }, state: request.state }),
      { rule: 'answer' },
    ],
    ['nothing', request => encrypt(request, { vp_token: {}, state: request.state }), { rule: 'answer' }],
    ['what is no credential', request => encrypt(request, { vp_token: { residence: ['x'] }, state: request.state }), { rule: 'form' }],
  ]
  test.each(cases)('%s', async (_what, form, { rule, code, state = 'refused' }) => {
    const { begun, request } = await ask()
    const refused = await post(wallet, request, await form(request))
    expect(refused).toMatchObject({ status: 400, json: { rule, ...(code === undefined ? {} : { code }), fix: { en: expect.any(String) } } })
    expect(await bank.verifier.desk.state(begun.id)).toBe(state)
    expect(await receipts()).toMatchObject([{ verdict: 'refused', failed_rule: rule, content: null }])
    expect(JSON.stringify(refused.json)).not.toContain('990100')
  })

  test('less than was asked', async () => {
    const { request } = await ask()
    const less = { ...wallet, sdJwt: await world.issueSdJwt('li', { claims: { city_code: '990100' }, disclosable: [['city_code']] }) }
    const shown = await presentAll(less, {
      ...request,
      query: { ...request.query, credentials: [{ ...request.query.credentials[0]!, claims: undefined }] },
    })
    const form = await encrypt(request, { vp_token: shown, state: request.state })
    expect(await post(wallet, request, form)).toMatchObject({ status: 400, json: { rule: 'answer', code: 'ERR_EXCHANGE_PRESENTATION' } })
  })

  test('a revoked credential, an expired one, another type, and an issuer that is suspended', async () => {
    const held = await world.issueSdJwt('li')
    const expectRule = async (sdJwt: TestWallet['sdJwt'], rule: string) => {
      const { request } = await ask()
      expect(await post(wallet, request, await answer({ ...wallet, sdJwt: sdJwt! }, request))).toMatchObject({
        status: 400,
        json: { rule },
      })
    }
    world.statuses.set(held.index, 1)
    await expectRule(held, 'status')
    await expectRule(await world.issueSdJwt('li', { expiresAtMs: world.clock.nowMs() }), 'validity')
    await expectRule(await world.issueSdJwt('li', { credentialType: 'urn:hufu:other' }), 'type')
    world.isIssuerSuspended.value = true
    await expectRule(await world.issueSdJwt('li'), 'issuer-trusted-then')
  })

  test('an answer to another presentation', async () => {
    const one = await ask()
    const other = await ask()
    const form = await answer(wallet, one.request)
    expect(await post(wallet, other.request, form)).toMatchObject({ status: 400, json: { rule: 'response' } })
    // Even if it is encrypted anew, by somebody who saw both requests.
    const moved = await encrypt(other.request, { vp_token: await presentAll(wallet, one.request), state: other.request.state })
    expect(await post(wallet, other.request, moved)).toMatchObject({ status: 400, json: { rule: 'nonce' } })
    expect(await post(wallet, one.request, form)).toMatchObject({ status: 200 })
  })

  test('an answer at the moment it expires, and takes it a moment before', async () => {
    const early = await ask()
    const late = await ask()
    const forms = [await answer(wallet, early.request), await answer(wallet, late.request)] as const
    world.clock.advance(299_999)
    expect(await post(wallet, early.request, forms[0])).toMatchObject({ status: 200 })
    world.clock.advance(1)
    expect(await post(wallet, late.request, forms[1])).toMatchObject({ status: 410, json: { code: 'ERR_VERIFIER_EXPIRED' } })
    expect(await bank.verifier.desk.state(late.begun.id)).toBe('expired')
    world.clock.advance(300_000)
    await expect(finish(early.begun)).rejects.toMatchObject({ code: 'ERR_VERIFIER_EXPIRED' })
  })

  test('an answer that is too large', async () => {
    const { request } = await ask()
    expect((await post(wallet, request, `response=${'a'.repeat(524_289)}`)).json).toMatchObject({ code: 'ERR_EXCHANGE_TOO_LARGE' })
    expect((await post(wallet, request, `response=${'a'.repeat(600_000)}`)).status).toBe(413)
  })

  test('a proof that was shown before, and leaves its receipt', async () => {
    const { request } = await ask({ queryId: 'sign-in' })
    const shown = await presentAll(wallet, request)
    const form = () => encrypt(request, { vp_token: shown, state: request.state })
    // As if the first answer had come to another server that shares what was used and nothing else.
    await world.database.query("update presentations set status = 'waiting'")
    expect(await post(wallet, request, await form())).toMatchObject({ status: 200 })
    await world.database.query("update presentations set status = 'opened', result = null")
    expect(await post(wallet, request, await form())).toMatchObject({ status: 400, json: { rule: 'once', code: 'ERR_PROOF_REPLAYED' } })
    expect((await receipts()).map(({ verdict }) => verdict).sort()).toEqual(['accepted', 'refused'])
  })

  test('more after ten answers that do not open', async () => {
    const { begun, request } = await ask()
    const good = await answer(wallet, request)
    const bad = flipLast(good)
    for (let attempt = 0; attempt < 9; attempt++) expect((await post(wallet, request, bad)).status).toBe(400)
    expect(await bank.verifier.desk.state(begun.id)).toBe('opened')
    expect((await post(wallet, request, bad)).status).toBe(400)
    expect(await bank.verifier.desk.state(begun.id)).toBe('refused')
    expect((await post(wallet, request, good)).status).toBe(409)
  })
})

test('takes a no, and keeps that it was one', async () => {
  const { begun, request } = await ask()
  expect(await post(wallet, request, createErrorResponse({ state: strayText() }, 'access_denied'))).toMatchObject({
    json: { rule: 'state' },
  })
  expect(await post(wallet, request, createErrorResponse(request, 'access_denied'))).toMatchObject({ status: 200 })
  expect(await bank.verifier.desk.state(begun.id)).toBe('refused')
  expect((await receipts()).map(({ verdict }) => verdict).sort()).toEqual(['declined', 'refused'])
})

test('keeps what was shown as long as the query says, sealed, and the receipt for good', async () => {
  for (const queryId of ['open-account', 'adult-purchase']) {
    const { request } = await ask({ queryId })
    expect((await post(wallet, request, await answer(wallet, request))).status).toBe(200)
  }
  const rows = await receipts()
  expect(rows.map(({ content }) => content === null).sort()).toEqual([false, true])
  const kept = rows.find(({ content }) => content !== null)!.content!
  expect(Buffer.from(kept).includes('990100')).toBe(false)
})

describe('on the same device', () => {
  const returnTo = `${publicUrl}/verify/open-account`

  async function askHere(changes: Partial<BeginOptions> = {}) {
    const begun = await begin({ returnTo, ...changes })
    const request = await openLink(wallet, begun.walletUrl!)
    return { begun, request }
  }

  async function codeOf(request: PresentationRequest): Promise<{ redirect: URL; code: string }> {
    const { json } = await post(wallet, request, await answer(wallet, request))
    const redirect = new URL(json.redirect_uri as string)
    return { redirect, code: redirect.searchParams.get('response_code')! }
  }

  test('the answer is taken with the code that comes with the browser', async () => {
    const { begun, request } = await askHere()
    const { redirect, code } = await codeOf(request)
    expect(redirect.href.startsWith(returnTo)).toBe(true)
    await expect(finish(begun)).rejects.toMatchObject({ code: 'ERR_VERIFIER_BROWSER' })
    await expect(finish(begun, strayText())).rejects.toMatchObject({ code: 'ERR_VERIFIER_BROWSER' })
    expect(await finish(begun, code)).toMatchObject({ queryId: 'open-account' })
  })

  test('a code of another presentation does not do, nor another token', async () => {
    const mine = await askHere()
    const theirs = await askHere()
    const code = await codeOf(theirs.request)
    await codeOf(mine.request)
    await expect(finish(mine.begun, code.code)).rejects.toMatchObject({ code: 'ERR_VERIFIER_BROWSER' })
    await expect(finish({ ...mine.begun, token: theirs.begun.token }, code.code)).rejects.toMatchObject({ code: 'ERR_VERIFIER_UNKNOWN' })
  })

  test('a page elsewhere is returned to by way of our own, and only with the code', async () => {
    const { request } = await askHere({ returnTo: 'https://shop.example/done?cart=1' })
    const { redirect, code } = await codeOf(request)
    expect(redirect.origin).toBe(publicUrl)
    const wrong = await bank.server.inject({ method: 'GET', url: `${redirect.pathname}?response_code=${strayText()}` })
    expect(wrong.statusCode).toBe(404)
    const right = await bank.server.inject({ method: 'GET', url: redirect.pathname + redirect.search })
    expect([right.statusCode, right.headers.location]).toEqual([303, `https://shop.example/done?cart=1&response_code=${code}`])
  })

  test('our page takes it in the browser that began, and in no other', async () => {
    const page = '/verifier/pages/open-account/presentations'
    const begun = await bank.server.inject({ method: 'POST', url: page, headers: { origin: publicUrl }, payload: {} })
    const { id, token, walletUrl } = begun.json() as { id: string; token: string; walletUrl: string }
    expect(begun.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Lax; Secure$/)
    const { code } = await codeOf(await openLink(wallet, walletUrl))
    const take = (cookie: string, authorization = `Bearer ${token}`) =>
      bank.server.inject({
        method: 'POST',
        url: `/verifier/pages/presentations/${id}/finish`,
        headers: { cookie, authorization },
        payload: { responseCode: code },
      })
    const mine = String(begun.headers['set-cookie']).split(';')[0]!
    expect((await take('')).json()).toMatchObject({ code: 'ERR_VERIFIER_BROWSER' })
    expect((await take(`hufu-verify-${id}=${strayText()}`)).json()).toMatchObject({ code: 'ERR_VERIFIER_BROWSER' })
    expect((await take(mine, `Bearer ${strayText()}`)).json()).toMatchObject({ code: 'ERR_VERIFIER_UNKNOWN' })
    const taken = await take(`other=1; ${mine}`)
    expect(taken.statusCode).toBe(200)
    expect(Object.keys(taken.json()).sort()).toEqual(['receiptId', 'verifiedAtMs'])
    expect((await take(mine)).statusCode).toBe(409)
  })

  test('a page of another origin gets a code alone, unless it may embed ours', async () => {
    const embed = (replica: Replica, origin: string) =>
      replica.server.inject({
        method: 'POST',
        url: '/verifier/pages/open-account/presentations',
        headers: { origin },
        payload: { returnTo: 'https://shop.example/pay' },
      })
    const stranger = await embed(bank, 'https://shop.example')
    expect([stranger.json().walletUrl, stranger.headers['set-cookie']]).toEqual([undefined, undefined])
    const friend = await world.replica('bank', { environment: { PAGE_ORIGINS: 'https://shop.example' } })
    expect((await embed(friend, 'https://shop.example')).json().walletUrl).toBeDefined()
    expect((await embed(friend, 'https://other.example')).json().walletUrl).toBeUndefined()
  })
})

describe('routes', () => {
  const call = (method: 'GET' | 'POST', url: string, token?: string, payload?: object) =>
    bank.server.inject({
      method,
      url,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    })

  test('a system begins, follows and finishes by its token', async () => {
    expect((await call('POST', '/verifier/presentations', undefined, { queryId: 'open-account' })).statusCode).toBe(401)
    const begun = await call('POST', '/verifier/presentations', systemToken, { queryId: 'open-account' })
    expect(begun.statusCode).toBe(201)
    const { id, token, qr } = begun.json() as { id: string; token: string; qr: string }
    const request = await openLink(wallet, qr)
    await post(wallet, request, await answer(wallet, request))
    expect((await call('GET', `/verifier/presentations/${id}`, strayText())).statusCode).toBe(404)
    expect((await call('GET', `/verifier/presentations/${id}`, token)).json()).toMatchObject({ state: 'answered', device: 'other' })
    expect((await call('POST', `/verifier/presentations/${id}/finish`, strayText(), {})).statusCode).toBe(404)
    expect((await call('POST', `/verifier/presentations/${id}/finish`, token, {})).json()).toMatchObject({
      claims: { residence: { city_code: '990100' } },
    })
    expect((await call('POST', `/verifier/presentations/${id}/finish`, token, {})).statusCode).toBe(409)
    expect((await call('POST', '/verifier/presentations', systemToken, { queryId: 'nothing' })).statusCode).toBe(403)
    expect(
      (await call('POST', '/verifier/presentations', systemToken, { queryId: 'open-account', returnTo: 'http://shop.example' })).statusCode,
    ).toBe(400)
  })

  test('what another part asked for cannot be finished over HTTP', async () => {
    const { begun, request } = await ask({ purpose: { kind: 'sign-in', id: 'x' } })
    await post(wallet, request, await answer(wallet, request))
    expect((await call('POST', `/verifier/presentations/${begun.id}/finish`, begun.token, {})).statusCode).toBe(404)
    expect((await call('POST', `/verifier/pages/presentations/${begun.id}/redeem`, systemToken, { token: begun.token })).statusCode).toBe(
      404,
    )
    expect(await finish(begun)).toMatchObject({ purpose: { kind: 'sign-in', id: 'x' } })
  })

  test('what a page got, the institution redeems', async () => {
    expect((await call('POST', '/verifier/pages/adult-purchase/presentations', undefined, {})).statusCode).toBe(403)
    const begun = (await call('POST', '/verifier/pages/open-account/presentations', undefined, {})).json() as BegunPresentation
    const request = await openLink(wallet, begun.qr)
    await post(wallet, request, await answer(wallet, request))
    const redeem = (token: string) => call('POST', `/verifier/pages/presentations/${begun.id}/redeem`, token, { token: begun.token })
    expect((await redeem(begun.token)).statusCode).toBe(401)
    expect((await redeem(systemToken)).json()).toMatchObject({ claims: { residence: { city_code: '990100' } } })
    expect((await redeem(systemToken)).statusCode).toBe(409)
  })

  test('the page stands in two languages, and runs no script of its own', async () => {
    for (const [language, lang] of [
      ['zh-CN,zh;q=0.9', 'zh-CN'],
      ['en', 'en'],
    ] as const) {
      const page = await bank.server.inject({ method: 'GET', url: '/verify/open-account', headers: { 'accept-language': language } })
      expect(page.body).toContain(`<html lang="${lang}">`)
      expect(page.body).not.toMatch(/<script(?![^>]*src=)/)
      expect(page.headers['content-security-policy']).toContain("script-src 'self'")
    }
    expect((await call('GET', '/verify/adult-purchase')).statusCode).toBe(403)
    expect((await call('GET', '/verify.js')).headers['content-type']).toMatch(/^text\/javascript/)
  })
})

const tries = Number(process.env.TRIES ?? 200)

test('of many answers at once to two replicas, one is taken', { timeout: 10_000 + 20 * tries }, async () => {
  const other = await world.replica()
  const { begun, request } = await ask()
  const form = await answer(wallet, request)
  let accepted = 0
  for (let done = 0; done < tries; done += 100) {
    const batch = Array.from({ length: Math.min(100, tries - done) }, (_, index) => post(index % 2 === 0 ? bank : other, request, form))
    for (const { status } of await Promise.all(batch)) {
      expect([200, 409]).toContain(status)
      if (status === 200) accepted++
    }
  }
  expect(accepted).toBe(1)
  const taken = await Promise.allSettled([finish(begun), finish(begun, undefined, other)])
  expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

async function encrypt(request: PresentationRequest, content: object, enc = 'A256GCM'): Promise<string> {
  const { kty, crv, x, y, kid } = request.responseKey as { [name: string]: string }
  const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc, kid: kid! })
    .encrypt(await importJWK({ kty: kty!, crv: crv!, x: x!, y: y! }, 'ECDH-ES'))
  return new URLSearchParams({ response: jwe }).toString()
}

/** Flips a bit of the holder's signature. */
function flipped(presentations: Record<string, string[]>): Record<string, string[]> {
  const [text] = presentations.residence!
  const dot = text!.lastIndexOf('.') + 1
  const signature = base64urlToBytes(text!.slice(dot))
  signature[40]! ^= 1
  return { residence: [text!.slice(0, dot) + bytesToBase64url(signature)] }
}

/** Flips a bit of the tag, the last part. */
function flipLast(form: string): string {
  const jwe = new URLSearchParams(form).get('response')!
  const dot = jwe.lastIndexOf('.') + 1
  const tag = base64urlToBytes(jwe.slice(dot))
  tag[3]! ^= 1
  return new URLSearchParams({ response: jwe.slice(0, dot) + bytesToBase64url(tag) }).toString()
}
