import { useEffect, useState } from 'react'

/** Minutes and seconds until something ends; stands still at 0:00. */
export function Countdown({ untilMs }: { readonly untilMs: number }) {
  const nowMs = useNowMs()
  const seconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000))
  return (
    <time role="timer" dateTime={`PT${seconds}S`}>
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </time>
  )
}

/** The time, each second. */
export function useNowMs(): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return nowMs
}
