import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from '../session/session-context.tsx'
import type { StaffClient } from './staff-client.ts'

/** What was asked for, as far as it is known. */
export interface Loaded<Answer> {
  readonly data: Answer | undefined
  readonly error: unknown
  /** Nothing is known yet. */
  readonly isLoading: boolean
  reload(): void
}

/**
 * Asks the server for something to show.
 *
 * @param name - what it depends on; another one is asked for anew
 * @param options.everyMs - asks again and again; undefined: once
 */
export function useLoaded<Answer>(
  name: string,
  load: (client: StaffClient) => Promise<Answer>,
  { everyMs }: { readonly everyMs?: number | undefined } = {},
): Loaded<Answer> {
  const client = useClient()
  const [state, setState] = useState<{ name: string; data?: Answer; error?: unknown }>({ name })
  const [round, setRound] = useState(0)
  const asked = useRef(load)
  asked.current = load

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    let isOver = false
    asked.current(client).then(
      data => {
        if (!isOver) setState({ name, data })
      },
      (error: unknown) => {
        if (!isOver) setState(before => ({ ...(before.name === name ? before : {}), name, error }))
      },
    )
    return () => {
      isOver = true
    }
  }, [client, name, round])

  useEffect(() => {
    if (everyMs === undefined) return undefined
    const timer = setInterval(() => setRound(before => before + 1), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])

  const reload = useCallback(() => setRound(before => before + 1), [])
  const isCurrent = state.name === name
  const data = isCurrent ? state.data : undefined
  const error = isCurrent ? state.error : undefined
  return { data, error, isLoading: data === undefined && error === undefined, reload }
}
