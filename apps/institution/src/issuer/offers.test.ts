import { parseCredentialOfferLink } from '@hufu/exchange'
import { afterAll, expect, test } from 'vitest'
import { clerk, codeOf, officer, openIssuerBench, otherClerk } from './issuer-fixture.ts'

const tries = Number(process.env.TRIES ?? 200)
const bench = await openIssuerBench()
const { staff, clock, issuer } = bench

afterAll(() => bench.close())

async function offered(): Promise<{ id: string; application: string; code: string; txCode: string }> {
  const application = await bench.approved()
  const { id, offer, txCode } = (await staff(clerk, 'POST', `/issuer/applications/${application}/offer`)).json()
  return { id, application, code: codeOf(offer), txCode }
}

const wrong = (txCode: string): string => String((Number(txCode) + 1) % 1_000_000).padStart(6, '0')
const stateOf = async (id: string): Promise<string> => (await staff(clerk, 'GET', `/issuer/offers/${id}/status`)).json().state

test('an offer by reference is the one by value, without the transaction code', async () => {
  const application = await bench.approved()
  const made = (await staff(clerk, 'POST', `/issuer/applications/${application}/offer`)).json()
  const reference = new URL(made.offerUri).searchParams.get('credential_offer_uri')!
  expect(parseCredentialOfferLink(made.walletUrl)).toEqual({ offerUri: reference })
  const answer = await bench.server.inject(new URL(reference).pathname)
  expect(answer.json()).toEqual(made.offer)
  expect(answer.headers['access-control-allow-origin']).toBe('*')
  expect(answer.body).not.toContain(made.txCode)
  expect(made.txCode).toMatch(/^[0-9]{6}$/)
})

test('a code is redeemed once, with its transaction code', async () => {
  const { id, code, txCode } = await offered()
  expect(await stateOf(id)).toBe('open')
  expect(await issuer.offers.redeem(code, txCode)).toMatchObject({ offerId: id })
  expect(await stateOf(id)).toBe('redeemed')
  await expect(issuer.offers.redeem(code, txCode)).rejects.toMatchObject({ code: 'ERR_ISSUER_GRANT' })
})

test('the fifth wrong transaction code locks it; after four the right one still does', async () => {
  const lucky = await offered()
  for (let attempt = 0; attempt < 4; attempt++)
    await expect(issuer.offers.redeem(lucky.code, wrong(lucky.txCode))).rejects.toMatchObject({ code: 'ERR_ISSUER_GRANT' })
  await issuer.offers.redeem(lucky.code, lucky.txCode)
  const locked = await offered()
  for (let attempt = 0; attempt < 5; attempt++) await issuer.offers.redeem(locked.code, wrong(locked.txCode)).catch(() => undefined)
  await expect(issuer.offers.redeem(locked.code, locked.txCode)).rejects.toMatchObject({ code: 'ERR_ISSUER_GRANT' })
  expect(await stateOf(locked.id)).toBe('locked')
})

test('the transaction code of another offer is a wrong one', async () => {
  const [one, other] = [await offered(), await offered()]
  if (one.txCode !== other.txCode)
    await expect(issuer.offers.redeem(one.code, other.txCode)).rejects.toMatchObject({ code: 'ERR_ISSUER_GRANT' })
})

test('an offer lasts fifteen minutes and not a second longer', async () => {
  const [early, late] = [await offered(), await offered()]
  clock.advance(899_999)
  await issuer.offers.redeem(early.code, early.txCode)
  clock.advance(1)
  expect(await stateOf(late.id)).toBe('expired')
  await expect(issuer.offers.redeem(late.code, late.txCode)).rejects.toMatchObject({ code: 'ERR_ISSUER_GRANT' })
  expect((await bench.server.inject(`/issuer/offers/${late.id}`)).statusCode).toBe(404)
})

test('a newer offer replaces one that waits', async () => {
  const { id, application, code, txCode } = await offered()
  await staff(officer, 'POST', `/issuer/applications/${application}/offer`)
  expect(await stateOf(id)).toBe('replaced')
  await expect(issuer.offers.redeem(code, txCode)).rejects.toMatchObject({ code: 'ERR_ISSUER_GRANT' })
})

test('another clerk does not see how an offer stands', async () => {
  const { id } = await offered()
  expect((await staff(otherClerk, 'GET', `/issuer/offers/${id}/status`)).statusCode).toBe(404)
})

test(`of ${tries} who try at once, one gets it`, async () => {
  const { code, txCode } = await offered()
  const outcomes = await Promise.allSettled(Array.from({ length: tries }, () => issuer.offers.redeem(code, txCode)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('neither code nor transaction code is in the tables', async () => {
  const { code, txCode } = await offered()
  const text = JSON.stringify(await bench.database.query('select * from offers'))
  expect(text).not.toContain(code)
  expect(text).not.toContain(`"${txCode}"`)
})
