import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'

const idleMs = 10_000

/** Connections to servers that others named, kept for the next question: each was made to an address that had been looked at. */
export class OutsideAgents {
  readonly http = new HttpAgent({ keepAlive: true, maxFreeSockets: 16, timeout: idleMs })
  readonly https = new HttpsAgent({ keepAlive: true, maxFreeSockets: 16, timeout: idleMs })

  /** Ends the connections. */
  close(): void {
    this.http.destroy()
    this.https.destroy()
  }
}
