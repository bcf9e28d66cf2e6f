import { CredentialError } from '@hufu/credentials'
import { ExchangeError, type ExchangeErrorCode, RefusedError } from '@hufu/exchange'
import { LedgerError } from '@hufu/ledger'
import { PlatformError } from '@hufu/primitives'
import { ProofError } from '@hufu/proofs'
import { WalletError, type WalletErrorCode } from './errors.ts'
import type { Party, Refusal } from './wallet.ts'

/** Those of which another try may end otherwise. */
const passing: readonly WalletErrorCode[] = ['ERR_WALLET_OFFLINE', 'ERR_WALLET_NOT_IN_TREE_YET', 'ERR_WALLET_CANCELLED']

/** What the person is told instead of an error. Errors that nobody foresaw are not turned into answers. */
export function refusalOf(error: unknown, about: 'offer' | 'request' | 'link', party?: Party): Refusal {
  const { code, reason, fix } = walletErrorOf(error, about)
  return { kind: 'refused', code, reason, fix, retry: passing.includes(code), ...(party === undefined ? {} : { party }) }
}

/** The wallet's own error for one of the packages beneath; rethrows what is none of them. */
export function walletErrorOf(error: unknown, about: 'offer' | 'request' | 'link'): WalletError {
  if (error instanceof WalletError) return error
  if (error instanceof DOMException && error.name === 'AbortError')
    return new WalletError('ERR_WALLET_CANCELLED', 'cancelled', { cause: error })
  const ofForm = about === 'offer' ? 'ERR_WALLET_OFFER' : about === 'request' ? 'ERR_WALLET_REQUEST' : 'ERR_WALLET_LINK'
  const because = (code: WalletErrorCode) => new WalletError(code, `${about}: refused`, { cause: error })
  if (error instanceof RefusedError) return because(about === 'offer' ? 'ERR_WALLET_OFFER_EXPIRED' : 'ERR_WALLET_REQUEST_EXPIRED')
  if (error instanceof ExchangeError && error.code === 'ERR_EXCHANGE_ANSWER' && about === 'offer') return because('ERR_WALLET_CREDENTIAL')
  if (error instanceof ExchangeError) return because(exchangeCodes[error.code] ?? ofForm)
  if (error instanceof LedgerError) return because('ERR_WALLET_OFFLINE')
  if (error instanceof CredentialError)
    return because(error.code === 'ERR_CREDENTIAL_LOOKUP' ? 'ERR_WALLET_OFFLINE' : 'ERR_WALLET_CREDENTIAL')
  if (error instanceof ProofError) return because(about === 'offer' ? 'ERR_WALLET_CREDENTIAL' : 'ERR_WALLET_PROVER')
  if (error instanceof PlatformError) return because(ofForm)
  throw error
}

const exchangeCodes: Readonly<Partial<Record<ExchangeErrorCode, WalletErrorCode>>> = {
  ERR_EXCHANGE_UNREACHABLE: 'ERR_WALLET_OFFLINE',
  ERR_EXCHANGE_LINK: 'ERR_WALLET_LINK',
  ERR_EXCHANGE_EXPIRED: 'ERR_WALLET_REQUEST_EXPIRED',
}
