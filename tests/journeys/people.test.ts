import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath } from '../browser/open-page.ts'
import { residentApplication } from './people/resident-application.ts'
import { type RunningPilot, runPilot } from './people/run-pilot.ts'
import { type Language, Screens } from './people/screens.ts'
import { type ShownOffer, StaffMember } from './people/staff-member.ts'
import { InstitutionSystem } from './people/system.ts'
import { type Account, ShopVisitor } from './people/visitor.ts'
import { WalletUser } from './people/wallet-user.ts'

/** Where each language's screens are, and what a person in it is like. */
const languages: readonly { readonly language: Language; readonly place: number }[] = [
  { language: 'zh-CN', place: 0 },
  { language: 'en', place: 1 },
]
const levels = { basic: 'urn:hufu:acr:pseudonymous', identified: 'urn:hufu:acr:identified' } as const
const passphrase = '潮汐灯塔榕树白鹭 tide lantern'
/** What the bank registered (20 s), an epoch of the pilot (2 s), and that of the machine. */
const refusedWithinMs = 24_000

const chromiumFlags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]
const phone = { width: 390, height: 844 }
const desktop = { width: 1280, height: 800 }

/** What browsers complain about that the journey means to happen. */
function isExpected(url: string, text: string): boolean {
  return (
    url.endsWith('/favicon.ico') ||
    (url.includes('/vp/responses/') && text.includes('ERR_FAILED')) ||
    (url.includes('/return?') && text.includes('400'))
  )
}

let pilot: RunningPilot
let browser: Browser

beforeAll(async () => {
  const [started, launched] = await Promise.allSettled([
    runPilot(),
    chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags }),
  ])
  if (started.status === 'fulfilled') pilot = started.value
  if (launched.status === 'fulfilled') browser = launched.value
  for (const outcome of [started, launched]) if (outcome.status === 'rejected') throw outcome.reason
}, 200_000)

afterAll(async () => {
  await browser?.close()
  await pilot?.stop()
})

describe.each(languages)('in $language', ({ language, place }) => {
  const application = residentApplication(place, language)
  const { name, birth_date: birthDate } = application.fields
  /** Errors of pages that nobody expected. */
  const errors: string[] = []
  let screens: Screens
  let own: BrowserContext
  let elsewhere: BrowserContext
  let wallet: WalletUser
  let clerk: StaffMember
  let offer: ShownOffer
  let atBank: Account
  let hospital: ShopVisitor
  let atHospital: Account
  let backup: Buffer

  const profile = async (viewport: typeof phone): Promise<BrowserContext> => {
    const context = await browser.newContext({ locale: language, timezoneId: 'Asia/Shanghai', viewport, reducedMotion: 'reduce' })
    context.setDefaultTimeout(30_000)
    context.on('weberror', error => errors.push(error.error().message))
    context.on('console', message => {
      const { url } = message.location()
      if (message.type() === 'error' && !isExpected(url, message.text())) errors.push(`${message.text()} ${url}`)
    })
    return context
  }
  const staff = (role: string): Promise<StaffMember> => StaffMember.signIn(browser, pilot, { at: 'bureau', role, language, screens })
  const walletOptions = () => ({ url: pilot.urls.wallet, pin: '135790', language, screens })
  const at = (shop: 'bank' | 'hospital') => ({ url: pilot.urls[`${shop}Shop`], name: shop, screens })

  /** A sign-in at the bank that the person has agreed to, and whose answer has not arrived. */
  const answerOnItsWay = async () => {
    const shop = await ShopVisitor.open(elsewhere, at('bank'))
    await shop.begin('basic')
    await wallet.scan(await shop.code())
    await wallet.request('sign-in', 'wallet-request-sign-in')
    return { shop, kept: await wallet.keptAnswer('sign-in') }
  }

  beforeAll(async () => {
    const names = Object.values(pilot.staff).flatMap(people => people.map(person => person.name))
    screens = new Screens(language, await (await browser.newContext()).newPage(), [...names, ...Object.values(application.fields)])
    own = await profile(phone)
    elsewhere = await profile(desktop)
  })
  afterAll(async () => {
    await own?.close()
    await elsewhere?.close()
  })

  test('a wallet is made with a PIN', async () => {
    wallet = await WalletUser.open(own, walletOptions())
    await wallet.create()
  })

  test('a clerk enters an application, an officer approves it, the clerk makes the offer', async () => {
    clerk = await staff('clerk')
    await clerk.apply(application)
    const officer = await staff('officer')
    await officer.approve(name)
    await officer.close()
    offer = await clerk.offer(name)
  })

  test('the wallet scans the offer and collects; what can be proven comes when it is durable', async () => {
    await wallet.scan(offer.code)
    await wallet.collect(offer.txCode)
    await clerk.untilCollected()
    await clerk.close()
    await wallet.untilProvable()
  })

  test('an account at the bank, with the wallet on the same device', async () => {
    const bank = await ShopVisitor.open(own, at('bank'))
    await bank.begin('identified')
    await bank.openWallet()
    const there = WalletUser.at(bank.page, walletOptions())
    await there.unlock()
    const asked = await there.request('sign-in', 'wallet-request-bank')
    expect(asked).toContain(name)
    expect(asked).not.toContain(birthDate)
    await there.agree('sign-in')
    atBank = await bank.signedIn('account')
    expect(atBank).toMatchObject({ acr: levels.identified, claims: { name } })
    expect(Object.keys(atBank.claims)).toEqual(['name'])
    await bank.page.close()
  })

  test('signed in at the hospital by the code on another screen: a code name, and nothing else', async () => {
    hospital = await ShopVisitor.open(elsewhere, at('hospital'))
    await hospital.begin('basic')
    await wallet.scan(await hospital.code())
    const asked = await wallet.request('sign-in', 'wallet-request-sign-in')
    expect(asked).not.toContain(name)
    await wallet.agree('sign-in')
    await wallet.answered('sign-in')
    atHospital = await hospital.signedIn('signed-in')
    expect(atHospital).toMatchObject({ acr: levels.basic, claims: {} })
    // Nobody can tell from the code names that it is the same person.
    expect(atHospital.sub).not.toBe(atBank.sub)
  })

  test('registered at the hospital: a step up, as the same person', async () => {
    await hospital.begin('identified')
    await wallet.scan(await hospital.code())
    await wallet.request('sign-in', 'wallet-request-hospital')
    await wallet.agree('sign-in')
    await wallet.answered('sign-in')
    const registered = await hospital.signedIn('registered')
    expect(registered).toMatchObject({
      acr: levels.identified,
      sub: atHospital.sub,
      claims: { name, birthdate: birthDate, city_code: '990100' },
    })
    expect(Object.keys(registered.claims).toSorted()).toEqual(['birthdate', 'city_code', 'gender', 'name'])
  })

  test('signed out', async () => {
    await hospital.signOut()
    expect(await hospital.page.locator('#sub').count()).toBe(0)
    // The provider forgot, too: it asks for the wallet again.
    await hospital.begin('basic')
    await hospital.page.close()
  })

  test('a page of the bank that knows no wallet: adult and resident, without who', async () => {
    const page = await elsewhere.newPage()
    await page.goto(`${pilot.urls.bank}/verify/open-account-zk`)
    const code = page.locator('hufu-verify svg')
    await code.waitFor()
    await screens.look(page, 'bank-page')
    await wallet.scan(await code.screenshot())
    const asked = await wallet.request('show', 'wallet-request-bank-page')
    expect(asked).not.toContain(name)
    await wallet.agree('show')
    await wallet.answered('show')
    await page
      .locator('hufu-verify p')
      .filter({ hasText: /[0-9a-f]{8}-[0-9a-f]{4}/ })
      .waitFor()
    await screens.look(page, 'bank-page-done')
    await page.close()
  })

  test('somebody else’s link does not sign them in with this wallet', async () => {
    const stranger = await profile(desktop)
    const theirs = await ShopVisitor.open(stranger, at('bank'))
    await theirs.begin('basic')
    const lured = await own.newPage()
    await lured.goto(await theirs.walletLink())
    const there = WalletUser.at(lured, walletOptions())
    await there.unlock()
    await there.request('sign-in', 'wallet-request-sign-in')
    await there.agree('sign-in')
    // The wallet goes back to the bank's provider, which knows this browser not.
    await lured.waitForURL(`${pilot.urls.bank}/oidc/interaction/**`)
    await lured.getByText('session_not_found').waitFor()
    await theirs.page.locator('#finish button').click()
    await theirs.page.getByRole('alert').waitFor()
    await theirs.page.goto(pilot.urls.bankShop)
    expect(await theirs.page.locator('#sub').count()).toBe(0)
    expect(await theirs.page.locator('a[href="/sign-in?level=basic"]').count()).toBe(1)
    await Promise.all([lured.close(), stranger.close()])
  })

  test('a record goes from the hospital to the transport operator with consent, until the person takes it back', async () => {
    const hospitalSystem = new InstitutionSystem(pilot, 'hospital')
    const transportSystem = new InstitutionSystem(pilot, 'transport')
    const content = { reduced_mobility: true, since: '2025-03-01' }
    await hospitalSystem.call('PUT', `/handover/records/${atHospital.sub}/mobility-certificate`, { content })
    const asked = await transportSystem.call<{ id: string; qr: string }>('POST', '/handover/requests', {
      holder: await hospitalSystem.did(),
      record: 'mobility-certificate',
      untilMs: 1000 * Math.floor(Date.now() / 1000 + 3600),
    })
    expect((await transportSystem.answer('POST', `/handover/requests/${asked.id}/fetch`, {})).status).toBe(409)
    await wallet.paste(asked.qr)
    const consent = await wallet.request('hand-over', 'wallet-request-hand-over')
    expect(consent).toContain('mobility-certificate')
    await wallet.agree('hand-over')
    await wallet.answered('hand-over')
    await expect
      .poll(async () => (await transportSystem.call<{ status: string }>('GET', `/handover/requests/${asked.id}`)).status)
      .toBe('granted')
    const fetched = await transportSystem.call<{ content: unknown }>('POST', `/handover/requests/${asked.id}/fetch`, {})
    expect(fetched.content).toEqual(content)

    const page = await elsewhere.newPage()
    await page.goto(`${pilot.urls.hospital}/handover/revoke`)
    const code = page.locator('hufu-verify svg')
    await code.waitFor()
    await screens.look(page, 'hospital-take-back')
    await wallet.scan(await code.screenshot())
    await wallet.request('take-back', 'wallet-request-take-back')
    await wallet.agree('take-back')
    await wallet.answered('take-back')
    await page
      .locator('hufu-verify p')
      .filter({ hasText: /^(已完成|Done)/ })
      .waitFor()
    const refused = await transportSystem.answer('POST', `/handover/requests/${asked.id}/fetch`, {})
    expect(refused).toMatchObject({ status: 502, text: expect.stringContaining('refused: ERR_HANDOVER_GRANT') })
    await page.close()
  })

  test('a backup is restored on another device, where the bank knows the same person', async () => {
    backup = await wallet.backUp(passphrase)
    const second = await profile(phone)
    const restored = await WalletUser.open(second, walletOptions())
    await restored.restore(backup, passphrase)
    await restored.home()
    const bank = await ShopVisitor.open(second, at('bank'))
    await bank.begin('basic')
    await bank.openWallet()
    const there = WalletUser.at(bank.page, walletOptions())
    await there.unlock()
    await there.request('sign-in', 'wallet-request-sign-in')
    await there.agree('sign-in')
    expect(await bank.signedIn('restored')).toMatchObject({ sub: atBank.sub, acr: levels.basic })
    await second.close()
  })

  test('an answer that was on its way for a while counts', async () => {
    const { kept, shop } = await answerOnItsWay()
    expect(await kept.send()).toMatchObject({ status: 200 })
    expect(await shop.signedIn('again')).toMatchObject({ sub: atBank.sub })
    await shop.signOut()
    await shop.page.close()
  })

  test('revoked: the wallet says so, and the bank refuses even an answer that was on its way before', async () => {
    const { kept, shop } = await answerOnItsWay()
    const officer = await staff('officer')
    const revokedAtMs = await officer.revoke(name)
    const since = (): string => ((performance.now() - revokedAtMs) / 1000).toFixed(1)
    await officer.close()

    await wallet.untilStatus('revoked', 20_000)
    const seenAfter = since()
    await screens.look(wallet.page, 'wallet-revoked')
    const again = await ShopVisitor.open(elsewhere, at('bank'))
    await again.begin('basic')
    await wallet.scan(await again.code())
    expect(await wallet.refusal('wallet-refused')).toBe('ERR_WALLET_CREDENTIAL_REVOKED')
    const walletAfter = since()

    await expect
      .poll(() => performance.now() - revokedAtMs, { timeout: refusedWithinMs + 1_000, interval: 100 })
      .toBeGreaterThan(refusedWithinMs - 2_000)
    const answer = await kept.send()
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('"ERR_PROOF_ROOT_AGE"') })
    console.info(
      `${language}: revoked; seen by the wallet after ${seenAfter} s, refused by it after ${walletAfter} s, an answer from before it refused by the bank after ${since()} s`,
    )
    await shop.page
      .locator('#state')
      .filter({ hasText: /拒绝|refused/ })
      .waitFor()
    await screens.look(shop.page, 'bank-refused')
  })

  test('the wallet has kept what happened', async () => {
    expect(await wallet.history()).toEqual({ received: 1, presented: 7, failed: 2, refused: 1, 'status-changed': 1 })
  })

  test('every screen could be used by everybody, and no page failed', () => {
    expect(screens.wrong).toEqual([])
    expect(errors).toEqual([])
    console.info(`${language}: ${screens.count} screens`)
  })
})
