import { walletTexts } from '../../../apps/wallet/src/core/error-texts.ts'
import { WalletError } from '../../../apps/wallet/src/core/errors.ts'
import type {
  AcceptedOffer,
  Offer,
  PresentationRequest,
  Progress,
  ProgressOptions,
  Refusal,
  SentAnswer,
  Unlocking,
  Wallet,
  WalletEvent,
  WalletSettings,
  WalletState,
} from '../../../apps/wallet/src/core/wallet.ts'
import { demoCredentials, demoHistory, demoOffer, demoRequests, nowMs, said } from './demo-content.ts'

export interface DemoOptions {
  readonly state: string
  readonly language: WalletSettings['language']
  readonly method: 'pin' | 'passkey'
  readonly empty: boolean
}

/** The wallet's core without keys, network or storage, so that every page can be looked at in every state. It answers links by their names: `offer`, `sign-in`, `stuck`… */
export function demoWallet(options: DemoOptions): Wallet {
  const listeners = new Set<(event: WalletEvent) => void>()
  const tell = (event: WalletEvent): void => {
    for (const listener of listeners) listener(event)
  }
  let state = options.state as WalletState
  let settings: WalletSettings = { language: options.language, autoLockMs: 300_000 }
  let credentials = options.empty ? [] : demoCredentials
  let tries = 0
  let waitUntilMs = 0
  const go = (next: WalletState): void => {
    state = next
    tell({ type: 'state', state })
  }
  const check = (by: Unlocking): void => {
    if ('passkey' in by || by.pin === '135790') return
    tries += 1
    if (tries >= 3) waitUntilMs = Date.now() + 30_000
    throw new WalletError(tries >= 3 ? 'ERR_WALLET_PIN_WAIT' : 'ERR_WALLET_PIN', 'the PIN is wrong', { waitMs: 30_000 })
  }
  const checkForm = (by: Unlocking): void => {
    if ('pin' in by && !/^[0-9]{6,12}$/.test(by.pin)) throw new WalletError('ERR_WALLET_PIN_FORM', 'the PIN has to be 6 to 12 digits')
  }
  return {
    get state() {
      return state
    },
    get method() {
      return state === 'new' ? undefined : options.method
    },
    get settings() {
      return settings
    },
    get connection() {
      return { online: true, network: 'hufu-pilot', blockIndex: 48_213, checkedAtMs: nowMs - 40_000 }
    },
    get pinWaitMs() {
      return Math.max(0, waitUntilMs - Date.now())
    },
    canUsePasskey: async () => true,
    create: async by => {
      checkForm(by)
      credentials = []
      go('open')
    },
    unlock: async by => {
      check(by)
      go('open')
    },
    lock: () => go('locked'),
    changeMethod: async (from, to) => {
      check(from)
      checkForm(to)
    },
    touch: () => undefined,
    updateSettings: async changes => {
      settings = { ...settings, ...changes }
      tell({ type: 'settings' })
    },
    credentials: async () => credentials,
    remove: async id => {
      credentials = credentials.filter(credential => credential.id !== id)
      tell({ type: 'credentials' })
    },
    refresh: async () => undefined,
    open: async text => openLink(/[^?=/#]*$/.exec(text)?.[0] ?? ''),
    accept: (offer, progress) => accept(offer, progress),
    answer: (request, _optionId, progress) => answer(request, progress),
    decline: async () => ({}),
    history: async () => (options.empty ? [] : demoHistory),
    backup: async (_passphrase, by) => {
      check(by)
      return { fileName: 'hufu-wallet-2026-11-27.backup', text: '{}' }
    },
    restore: async (_file, passphrase) => {
      if (passphrase === 'wrong passphrase') throw new WalletError('ERR_WALLET_BACKUP_PASSPHRASE', 'the passphrase does not open it')
      credentials = demoCredentials
      go('open')
    },
    erase: async () => go('new'),
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

async function openLink(name: string): Promise<Offer | PresentationRequest | Refusal> {
  if (name === 'offer') return demoOffer
  const request = demoRequests[name]
  if (request !== undefined) return request
  if (name === 'suspended') return { ...refusal('ERR_WALLET_VERIFIER_SUSPENDED'), party: demoRequests['sign-in']!.verifier }
  if (name === 'offline') return { ...refusal('ERR_WALLET_OFFLINE'), retry: true }
  return refusal('ERR_WALLET_LINK')
}

function refusal(code: Refusal['code']): Refusal {
  return { kind: 'refused', code, ...walletTexts[code], retry: false }
}

const collecting: readonly Omit<Progress, 'fraction'>[] = [
  { step: 'connecting', text: said('连接签发机构', 'Connecting to the issuer') },
  { step: 'authorising', text: said('核验领取码', 'Checking the collection code') },
  { step: 'making-keys', text: said('生成密钥', 'Making keys') },
]

const proving: readonly Omit<Progress, 'fraction'>[] = [
  { step: 'loading-circuit', text: said('载入证明电路', 'Loading the proof circuit') },
  { step: 'reading-tree', text: said('读取账本上的根', 'Reading the roots on the ledger') },
  { step: 'proving', text: said('计算零知识证明', 'Computing the proof') },
]

async function accept(_offer: Offer, options: ProgressOptions & { readonly txCode?: string } = {}): Promise<AcceptedOffer> {
  if (options.txCode === '0000') throw new WalletError('ERR_WALLET_TX_CODE', 'the collection code is wrong')
  await go(collecting, options, options.txCode === '7777')
  return { credentialIds: ['resident'], zkWaiting: true }
}

async function answer(request: PresentationRequest, options: ProgressOptions = {}): Promise<SentAnswer> {
  if (request.id === 'failing') throw new WalletError('ERR_WALLET_ANSWER_REFUSED', 'the verifier answered 400')
  await go(proving, options, request.id === 'stuck')
  return { historyId: 'sign-in' }
}

/** Tells the steps; what is stuck stays at the last one until it is cancelled. */
async function go(steps: readonly Omit<Progress, 'fraction'>[], { onProgress, signal }: ProgressOptions, stuck: boolean): Promise<void> {
  for (const [index, step] of steps.entries()) {
    onProgress?.({ ...step, fraction: (index + 0.6) / steps.length })
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  if (!stuck) return
  await new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new WalletError('ERR_WALLET_CANCELLED', 'cancelled')))
  })
}
