import { createContext, type ReactNode, use, useEffect, useReducer, useState } from 'react'
import type { HeldCredential, HistoryEntry, Wallet, WalletEvent } from '../core/wallet.ts'

const WalletContext = createContext<Wallet | undefined>(undefined)

/** Gives everything below the wallet, and draws it again when state, settings or connection have changed. */
export function WalletProvider({ wallet, children }: { readonly wallet: Wallet; readonly children: ReactNode }) {
  return <WalletContext value={wallet}>{children}</WalletContext>
}

/**
 * The wallet; whoever uses it is drawn again on its events.
 *
 * @throws TypeError outside of {@link WalletProvider}
 */
export function useWallet(): Wallet {
  const wallet = use(WalletContext)
  if (wallet === undefined) throw new TypeError('no wallet above')
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => wallet.subscribe(redraw), [wallet])
  return wallet
}

/** What has been read from the wallet, or is being read still (`value` undefined), or could not be (`error`). */
export interface Reading<Value> {
  readonly value: Value | undefined
  readonly error: unknown
}

/** What the wallet holds, read again whenever it changes. */
export function useCredentials(): Reading<readonly HeldCredential[]> {
  return useReading(wallet => wallet.credentials(), ['credentials', 'status-changed'])
}

/** What happened, read again whenever something has. */
export function useHistory(): Reading<readonly HistoryEntry[]> {
  return useReading(wallet => wallet.history(), ['history'])
}

function useReading<Value>(read: (wallet: Wallet) => Promise<Value>, on: readonly WalletEvent['type'][]): Reading<Value> {
  const wallet = use(WalletContext)!
  const [reading, setReading] = useState<Reading<Value>>({ value: undefined, error: undefined })
  // Both arguments are constants of their callers: only another wallet is reason to start over.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    let current = true
    const again = (): void => {
      read(wallet).then(
        value => current && setReading({ value, error: undefined }),
        error => current && setReading(before => ({ value: before.value, error })),
      )
    }
    again()
    const end = wallet.subscribe(event => on.includes(event.type) && again())
    return () => {
      current = false
      end()
    }
  }, [wallet])
  return reading
}
