import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ApiProblem } from '../api/api-problem.ts'
import { StaffClient } from '../api/staff-client.ts'
import { Reauthenticate } from './reauthenticate.tsx'
import type { Host, Me } from './staff-answers.ts'

/** Who is signed in, and where. */
export interface Session {
  readonly client: StaffClient
  readonly host: Host
  /** Null: nobody. */
  readonly me: Me | null
  /** Why nobody is signed in any more: the session has ended by itself. */
  readonly hasEnded: boolean
  /** Asks the server anew who is signed in: after signing in. */
  refresh(csrfToken: string): Promise<void>
  signOut(): Promise<void>
}

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'open'; readonly host: Host; readonly me: Me | null; readonly hasEnded: boolean }

const SessionContext = createContext<Session | undefined>(undefined)

interface SessionProviderProps {
  /** Route that says whose server it is. */
  readonly hostPath: string
  readonly loading: ReactNode
  readonly failed: (error: unknown, retry: () => void) => ReactNode
  readonly children: ReactNode
}

/** Finds out who is signed in, and asks them again for what cannot be taken back. */
export function SessionProvider({ hostPath, loading, failed, children }: SessionProviderProps) {
  const client = useMemo(() => new StaffClient(), [])
  const [state, setState] = useState<State>({ kind: 'loading' })
  const [isAsking, setIsAsking] = useState(false)
  const answer = useRef<(isConfirmed: boolean) => void>(() => undefined)

  const load = useCallback(async (): Promise<void> => {
    try {
      const [host, me] = await Promise.all([client.get<Host>(hostPath), meOf(client)])
      client.setCsrfToken(me?.csrfToken)
      setState({ kind: 'open', host, me, hasEnded: false })
    } catch (error) {
      setState({ kind: 'failed', error })
    }
  }, [client, hostPath])

  useEffect(() => {
    client.listen({
      signedOut() {
        client.setCsrfToken(undefined)
        setState(before => (before.kind === 'open' ? { ...before, me: null, hasEnded: true } : before))
      },
      confirm: () =>
        new Promise(resolve => {
          answer.current = resolve
          setIsAsking(true)
        }),
    })
    void load()
  }, [client, load])

  const session = useMemo((): Session | undefined => {
    if (state.kind !== 'open') return undefined
    return {
      client,
      ...state,
      async refresh(csrfToken) {
        client.setCsrfToken(csrfToken)
        const me = await client.get<Me>('/staff/me')
        setState({ kind: 'open', host: state.host, me, hasEnded: false })
      },
      async signOut() {
        await client.send('POST', '/staff/sign-out')
        client.setCsrfToken(undefined)
        setState({ kind: 'open', host: state.host, me: null, hasEnded: false })
      },
    }
  }, [client, state])

  if (state.kind === 'loading') return loading
  if (session === undefined) return failed(state.kind === 'failed' ? state.error : undefined, () => void load())
  return (
    <SessionContext value={session}>
      {children}
      {session.me !== null && (
        <Reauthenticate
          me={session.me}
          client={client}
          isOpen={isAsking}
          onAnswer={isConfirmed => {
            setIsAsking(false)
            answer.current(isConfirmed)
          }}
        />
      )}
    </SessionContext>
  )
}

async function meOf(client: StaffClient): Promise<Me | null> {
  try {
    return await client.get<Me>('/staff/me')
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null
    throw error
  }
}

/** @throws TypeError outside of {@link SessionProvider} */
export function useSession(): Session {
  const session = use(SessionContext)
  if (session === undefined) throw new TypeError('no session above')
  return session
}

export function useClient(): StaffClient {
  return useSession().client
}

/** Whoever is signed in. @throws TypeError: nobody is */
export function useMe(): Me {
  const { me } = useSession()
  if (me === null) throw new TypeError('nobody is signed in')
  return me
}
