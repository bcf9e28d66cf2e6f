import { useCallback, useState } from 'react'

/** Something that a person sets going. */
export interface Task {
  readonly isRunning: boolean
  readonly error: unknown
  /** Does it, unless it is being done; what goes wrong is kept to be shown. */
  run(work: () => Promise<void>): void
  clear(): void
}

export function useTask(): Task {
  const [state, setState] = useState<{ isRunning: boolean; error: unknown }>({ isRunning: false, error: undefined })
  const run = useCallback((work: () => Promise<void>) => {
    setState({ isRunning: true, error: undefined })
    work().then(
      () => setState({ isRunning: false, error: undefined }),
      (error: unknown) => setState({ isRunning: false, error }),
    )
  }, [])
  const clear = useCallback(() => setState(before => ({ ...before, error: undefined })), [])
  return { ...state, run, clear }
}
