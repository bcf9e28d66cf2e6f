import { connect } from 'node:net'
import { ByteReader, bytesToUtf8 } from '@hufu/primitives'
import { parseHostPort } from './host-port.ts'

/** How a node introduces itself to its peers. */
export interface PeerGreeting {
  readonly magic: number
  readonly timeSeconds: number
  readonly nonce: number
  readonly userAgent: string
}

const versionCommand = 0x00
const maxGreetingLength = 4_096

/**
 * Connects to a node's peer port and reads its greeting, which a Neo node sends unasked. Firewalls and other programs on the port are found this way.
 *
 * @throws Error: nothing listens there or it cannot be reached, no greeting in time, or what came is none
 */
export function greetPeer(address: string, timeoutMs: number): Promise<PeerGreeting> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...parseHostPort(address), timeout: timeoutMs })
    let received = Buffer.alloc(0)
    const timer = setTimeout(() => socket.destroy(new Error('no greeting in time')), timeoutMs)
    socket.on('timeout', () => socket.destroy(new Error('no greeting in time')))
    socket.on('data', part => {
      received = Buffer.concat([received, part])
      try {
        const greeting = parseGreeting(received)
        if (greeting === undefined) return
        resolve(greeting)
        socket.destroy()
      } catch (error) {
        socket.destroy(error as Error)
      }
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      // Does nothing once it is settled.
      reject(new Error('the peer hung up before it had introduced itself'))
    })
  })
}

/** neo-go pkg/network/message.go and payload/version.go: flags, command, length and payload; undefined while bytes are missing. */
function parseGreeting(bytes: Uint8Array): PeerGreeting | undefined {
  if (bytes.length > maxGreetingLength) throw new Error('expected a greeting')
  if (bytes.length < 3) return undefined
  if (bytes[0] !== 0 || bytes[1] !== versionCommand) throw new Error('expected a greeting')
  const frame = new ByteReader(bytes.subarray(2))
  let payload: Uint8Array
  try {
    payload = frame.varBytes(maxGreetingLength)
  } catch {
    return undefined
  }
  const reader = new ByteReader(payload)
  const magic = reader.uint32()
  reader.uint32()
  return { magic, timeSeconds: reader.uint32(), nonce: reader.uint32(), userAgent: bytesToUtf8(reader.varBytes(1_024)) }
}
