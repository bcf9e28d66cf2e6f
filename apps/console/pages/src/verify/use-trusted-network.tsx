import { useLoaded } from '@hufu/look'
import { createContext, type ReactNode, use, useMemo, useState } from 'react'
import type { Network } from '../../../src/api-types.ts'
import { forgetTrust, trustFile as keepFile, type TrustedNetwork, trustedNetwork } from './trusted-network.ts'

interface Trust {
  /** Undefined: not known yet. */
  readonly trusted: TrustedNetwork | undefined
  readonly error: unknown
  /** Trusts the network of a file. @throws LedgerError */
  trustFile(text: string): void
  /** Trusts what the server names now. */
  forget(): void
}

const TrustContext = createContext<Trust | undefined>(undefined)

/** Knows which network this browser trusts, for whatever checks answers. */
export function TrustedNetworkProvider({ children }: { readonly children: ReactNode }) {
  const { data, error } = useLoaded('network', client => client.get<Network>('/v1/network'))
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round reads it anew
  const trusted = useMemo(() => (data === undefined ? undefined : trustedNetwork(data.descriptor, Date.now())), [data, round])
  const trust = useMemo(
    (): Trust => ({
      trusted,
      error,
      trustFile(text) {
        keepFile(text, Date.now())
        setRound(before => before + 1)
      },
      forget() {
        forgetTrust()
        setRound(before => before + 1)
      },
    }),
    [trusted, error],
  )
  return <TrustContext value={trust}>{children}</TrustContext>
}

/** @throws TypeError outside of {@link TrustedNetworkProvider} */
export function useTrustedNetwork(): Trust {
  const trust = use(TrustContext)
  if (trust === undefined) throw new TypeError('no trusted network above')
  return trust
}
