import { useEffect, useState } from 'react'
import { useWallet } from './wallet-context.tsx'

/** Whether a passkey of this browser can protect the wallet; undefined until it is known. */
export function useCanUsePasskey(): boolean | undefined {
  const wallet = useWallet()
  const [can, setCan] = useState<boolean>()
  useEffect(() => {
    let current = true
    wallet.canUsePasskey().then(
      value => current && setCan(value),
      () => current && setCan(false),
    )
    return () => {
      current = false
    }
  }, [wallet])
  return can
}
