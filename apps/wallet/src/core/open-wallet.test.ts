import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { FakeWeb } from './fixture/fake-web.ts'
import { openTestWallet, testPasskeys } from './fixture/open-test-wallet.ts'
import { networkFile, TestClock } from './fixture/test-network.ts'
import { isGoodPin } from './keys/seed-lock.ts'
import type { WalletEvent } from './wallet.ts'

const pin = '271828'
const code = (text: string) => expect.objectContaining({ code: text })

describe('opening and locking', () => {
  test('a wallet is new, then open, then locked, and its PIN opens it again, also after the page is loaded anew', async () => {
    const web = new FakeWeb()
    const wallet = await openTestWallet(web, { databaseName: 'states' })
    const events: WalletEvent[] = []
    wallet.subscribe(event => events.push(event))
    expect([wallet.state, wallet.method]).toEqual(['new', undefined])
    await expect(wallet.credentials()).rejects.toThrow(code('ERR_WALLET_LOCKED'))
    await wallet.create({ pin })
    expect([wallet.state, wallet.method]).toEqual(['open', 'pin'])
    expect(await wallet.credentials()).toEqual([])
    await expect(wallet.create({ pin })).rejects.toThrow(code('ERR_WALLET_STATE'))
    wallet.lock()
    expect(wallet.state).toBe('locked')
    await expect(wallet.history()).rejects.toThrow(code('ERR_WALLET_LOCKED'))
    const again = await openTestWallet(web, { databaseName: 'states' })
    expect(again.state).toBe('locked')
    await again.unlock({ pin })
    expect(again.state).toBe('open')
    again.lock()
    expect(events.flatMap(event => (event.type === 'state' ? [event.state] : []))).toEqual(['open', 'locked'])
  })

  test('PINs that come to mind first are refused', async () => {
    for (const refused of ['', '12345', '123456', '987654', '000000', '77777777', '890123', '1234567890123', '12a456', '１２３７５６'])
      expect(isGoodPin(refused), refused).toBe(false)
    for (const taken of ['271828', '112233', '314159265358']) expect(isGoodPin(taken), taken).toBe(true)
    const wallet = await openTestWallet(new FakeWeb())
    await expect(wallet.create({ pin: '123456' })).rejects.toThrow(code('ERR_WALLET_PIN_FORM'))
    expect(wallet.state).toBe('new')
  })

  test('wrong PINs make one wait, longer and longer, and a clock that is set back does not help', async () => {
    const clock = new TestClock()
    const web = new FakeWeb()
    const wallet = await openTestWallet(web, { clock, databaseName: 'waiting' })
    await wallet.create({ pin })
    wallet.lock()
    for (let attempt = 0; attempt < 3; attempt++) await expect(wallet.unlock({ pin: '271829' })).rejects.toThrow(code('ERR_WALLET_PIN'))
    expect(wallet.pinWaitMs).toBe(30_000)
    await expect(wallet.unlock({ pin })).rejects.toMatchObject({ code: 'ERR_WALLET_PIN_WAIT', waitMs: 30_000 })
    clock.advance(-86_400_000)
    expect(wallet.pinWaitMs).toBe(30_000)
    clock.advance(86_400_000 + 29_999)
    await expect((await openTestWallet(web, { clock, databaseName: 'waiting' })).unlock({ pin })).rejects.toThrow(
      code('ERR_WALLET_PIN_WAIT'),
    )
    clock.advance(1)
    await expect(wallet.unlock({ pin: '271829' })).rejects.toThrow(code('ERR_WALLET_PIN'))
    expect(wallet.pinWaitMs).toBe(60_000)
    clock.advance(60_000)
    await wallet.unlock({ pin })
    expect([wallet.state, wallet.pinWaitMs]).toEqual(['open', 0])
    wallet.lock()
  })

  test('a passkey opens it, only that one, and only when the person confirms', async () => {
    const passkeys = testPasskeys()
    const web = new FakeWeb()
    const wallet = await openTestWallet(web, { passkeys, databaseName: 'passkey' })
    await wallet.create({ passkey: true })
    wallet.lock()
    await expect(wallet.unlock({ pin })).rejects.toThrow(code('ERR_WALLET_STATE'))
    passkeys.confirms = false
    await expect(wallet.unlock({ passkey: true })).rejects.toThrow(DOMException)
    passkeys.confirms = true
    await wallet.unlock({ passkey: true })
    wallet.lock()
    // Another authenticator that would answer has another secret.
    const other = testPasskeys()
    const secretOf: typeof other.secretOf = async (_id, salt) => (await other.create(salt)).secret
    const elsewhere = await openTestWallet(web, { passkeys: { ...other, secretOf }, databaseName: 'passkey' })
    await expect(elsewhere.unlock({ passkey: true })).rejects.toThrow(code('ERR_WALLET_PASSKEY'))
  })

  test('the method changes with the old one alone, and the old one opens nothing any more', async () => {
    const passkeys = testPasskeys()
    const wallet = await openTestWallet(new FakeWeb(), { passkeys })
    await wallet.create({ pin })
    await expect(wallet.changeMethod({ pin: '271829' }, { passkey: true })).rejects.toThrow(code('ERR_WALLET_PIN'))
    expect(wallet.method).toBe('pin')
    await wallet.changeMethod({ pin }, { passkey: true })
    wallet.lock()
    expect(wallet.method).toBe('passkey')
    await expect(wallet.unlock({ pin })).rejects.toThrow(code('ERR_WALLET_STATE'))
    await wallet.unlock({ passkey: true })
    await wallet.changeMethod({ passkey: true }, { pin: '314159' })
    wallet.lock()
    await expect(wallet.unlock({ pin })).rejects.toThrow(code('ERR_WALLET_PIN'))
    await wallet.unlock({ pin: '314159' })
    wallet.lock()
  })

  test('it locks itself after the time that was set, and not before', async () => {
    const clock = new TestClock()
    const wallet = await openTestWallet(new FakeWeb(), { clock })
    await wallet.create({ pin })
    await wallet.updateSettings({ autoLockMs: 60_000, language: 'en' })
    expect(wallet.settings).toEqual({ autoLockMs: 60_000, language: 'en' })
    clock.advance(59_999)
    wallet.touch()
    expect(wallet.state).toBe('open')
    clock.advance(60_000)
    wallet.touch()
    expect(wallet.state).toBe('locked')
  })

  test('erased, it is new, and nothing of it opens', async () => {
    const web = new FakeWeb()
    const wallet = await openTestWallet(web, { databaseName: 'erased' })
    await wallet.create({ pin })
    await wallet.erase()
    expect((await openTestWallet(web, { databaseName: 'erased' })).state).toBe('new')
  })

  test('without a network file it does not start; with the one of last time it does', async () => {
    const web = new FakeWeb()
    web.isOffline = true
    await expect(openTestWallet(web, { databaseName: 'file' })).rejects.toThrow(code('ERR_WALLET_NETWORK_FILE'))
    web.isOffline = false
    for (const wrong of [{}, { ...networkFile(), more: 1 }, { ...networkFile(), circuits: { show: { circuit: '0', provingKey: '0' } } }])
      await expect(openTestWallet(web, { databaseName: 'file', file: wrong })).rejects.toThrow(code('ERR_WALLET_NETWORK_FILE'))
    await openTestWallet(web, { databaseName: 'file' })
    web.isOffline = true
    expect((await openTestWallet(web, { databaseName: 'file' })).connection.network).toBe('test')
  })
})
