import { useAnnounce, useSpeech } from '@hufu/look'
import { createContext, type ReactNode, use, useEffect, useRef, useState } from 'react'
import type { Fleet } from '../../../src/api-types.ts'

/** Something that this browser saw happen. */
export interface FleetEvent {
  readonly atMs: number
  readonly kind: 'down' | 'up' | 'raised' | 'cleared'
  readonly subject: string
  /** What an alarm says, in both languages. */
  readonly what?: Fleet['alarms'][number]['what']
}

/** The fleet as the server tells it, as it changes. */
export interface LiveFleetState {
  /** Undefined: nothing is known yet. */
  readonly fleet: Fleet | undefined
  /** States of the last minutes, the oldest first. */
  readonly recent: readonly Fleet[]
  /** What happened since the page was opened, the newest first. */
  readonly events: readonly FleetEvent[]
  readonly isConnected: boolean
}

const keptStates = 600
const keptEvents = 50
/** The server tells of the fleet every second; if it is silent for this long, the connection is dead. */
const silentMs = 6_000

const LiveFleetContext = createContext<LiveFleetState>({ fleet: undefined, recent: [], events: [], isConnected: false })

/** Keeps a connection to the server, by which it tells of the fleet at once (server-sent events); connects anew when it is lost. */
export function LiveFleet({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<LiveFleetState>({ fleet: undefined, recent: [], events: [], isConnected: false })
  useEffect(() => {
    let source: EventSource | undefined
    let heardMs = Date.now()
    const take = (event: MessageEvent<string>): void => {
      heardMs = Date.now()
      const fleet = JSON.parse(event.data) as Fleet
      setState(before => ({
        fleet,
        recent: [...before.recent.filter(({ atMs }) => atMs < fleet.atMs), fleet].slice(-keptStates),
        events: [...eventsBetween(before.fleet, fleet), ...before.events].slice(0, keptEvents),
        isConnected: true,
      }))
    }
    const connect = (): void => {
      source?.close()
      heardMs = Date.now()
      source = new EventSource('/v1/fleet/events')
      source.addEventListener('fleet', take)
      source.addEventListener('alarm', take)
      source.addEventListener('error', () => setState(before => ({ ...before, isConnected: false })))
    }
    connect()
    const timer = setInterval(() => {
      if (Date.now() - heardMs < silentMs) return
      setState(before => ({ ...before, isConnected: false }))
      connect()
    }, 1_000)
    return () => {
      clearInterval(timer)
      source?.close()
    }
  }, [])
  return (
    <LiveFleetContext value={state}>
      <AlarmsAloud fleet={state.fleet} />
      {children}
    </LiveFleetContext>
  )
}

export function useLiveFleet(): LiveFleetState {
  return use(LiveFleetContext)
}

/** Says new alarms to those who do not see them. */
function AlarmsAloud({ fleet }: { readonly fleet: Fleet | undefined }) {
  const announce = useAnnounce()
  const { say } = useSpeech()
  const known = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (fleet === undefined) return
    const fresh = fleet.alarms.filter(({ id }) => !known.current.has(id))
    known.current = new Set(fleet.alarms.map(({ id }) => id))
    if (fresh.length > 0) announce(fresh.map(({ what, whatToDo }) => `${say(what)} ${say(whatToDo)}`).join(' '))
  }, [fleet, announce, say])
  return null
}

function eventsBetween(before: Fleet | undefined, now: Fleet): readonly FleetEvent[] {
  if (before === undefined) return []
  const { atMs } = now
  const wasUp = new Map(before.nodes.map(({ name, up }) => [name, up]))
  const nodes = now.nodes
    .filter(({ name, up }) => wasUp.has(name) && wasUp.get(name) !== up)
    .map(({ name, up }) => ({ atMs, kind: up ? ('up' as const) : ('down' as const), subject: name }))
  const [old, current] = [before.alarms, now.alarms].map(alarms => new Set(alarms.map(({ id }) => id)))
  const raised = now.alarms
    .filter(({ id }) => !old!.has(id))
    .map(({ code, what }) => ({ atMs, kind: 'raised' as const, subject: code, what }))
  const cleared = before.alarms
    .filter(({ id }) => !current!.has(id))
    .map(({ code, what }) => ({ atMs, kind: 'cleared' as const, subject: code, what }))
  return [...raised, ...nodes, ...cleared]
}
