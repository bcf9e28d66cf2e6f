import { choice, integer, optional, text, textList } from './config.ts'
import { isLoopback } from './is-loopback.ts'
import { logLevels } from './log.ts'

/** What differs between servers of what every one of them can be told. */
export interface ServerDefaults {
  readonly port: number
  readonly dataFolder: string
  /** How long a client may take to send a request; default 10,000. */
  readonly requestTimeoutMs?: number
}

/** What every server can be told: where it listens, how it speaks and stops, what it logs, and where it keeps its things. To be spread into a schema. */
export function serverSettings({ port, dataFolder, requestTimeoutMs = 10_000 }: ServerDefaults) {
  return {
    host: text('HOST', { help: 'Address to listen on.', fallback: '127.0.0.1' }),
    port: integer('PORT', { help: 'Port to listen on; 0 lets the system choose.', fallback: String(port), min: 0, max: 65_535 }),
    tlsCertFile: optional(text('TLS_CERT_FILE', { help: 'Certificate chain in PEM; with TLS_KEY_FILE the server speaks HTTPS.' })),
    tlsKeyFile: optional(text('TLS_KEY_FILE', { help: 'Private key of the certificate, in PEM.' })),
    logLevel: choice('LOG_LEVEL', logLevels, { help: `How much is logged: ${logLevels.join(', ')}.`, fallback: 'info' }),
    requestTimeoutMs: integer('REQUEST_TIMEOUT_MS', {
      help: 'How long a client may take to send a request, in milliseconds.',
      fallback: String(requestTimeoutMs),
      min: 100,
      max: 600_000,
    }),
    stopAfterMs: integer('STOP_AFTER_MS', {
      help: 'How long requests under way may take to finish once the server is told to stop, in milliseconds.',
      fallback: '10000',
      min: 0,
      max: 600_000,
    }),
    dataFolder: text('DATA_FOLDER', { help: 'Folder in which the server keeps what must not be lost.', fallback: dataFolder }),
  } as const
}

/** Who stands before a server, and who may read its metrics. */
export const clientSettings = {
  metricsTokenFile: optional(
    text('METRICS_TOKEN_FILE', {
      help: 'File with the bearer token that GET /metrics asks for; default: it answers requests of this machine alone.',
    }),
  ),
  trustedProxies: textList('TRUSTED_PROXIES', {
    help: 'Addresses or networks of proxies before this server, commas between, whose X-Forwarded-For is believed.',
  }),
} as const

/** What of a server's settings would let others reach it without TLS. @returns for `refuseProblems` */
export function tlsProblems({
  host,
  publicUrl,
  tlsCertFile,
  tlsKeyFile,
}: {
  readonly host: string
  readonly publicUrl: string | undefined
  readonly tlsCertFile: string | undefined
  readonly tlsKeyFile: string | undefined
}): readonly (string | false)[] {
  return [
    (tlsCertFile === undefined) !== (tlsKeyFile === undefined) && 'TLS_CERT_FILE, TLS_KEY_FILE: expected both or none',
    publicUrl === undefined &&
      tlsCertFile === undefined &&
      !isLoopback(host) &&
      'PUBLIC_URL: expected the address of a proxy with TLS, for HOST is not this machine alone and there is no certificate',
  ]
}
