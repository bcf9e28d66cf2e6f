import {
  type ConfigOf,
  choice,
  clientSettings,
  integer,
  isLoopback,
  optional,
  publicUrl,
  readConfig,
  refuseProblems,
  serverSettings,
  text,
  textList,
  tlsProblems,
} from '@hufu/service'

/** Everything that can be set, with a sentence for each. `.env.example` is written from it. */
export const configSchema = {
  ...serverSettings({ port: 8060, dataFolder: '.hufu/gateway' }),
  publicUrl: optional(publicUrl('PUBLIC_URL', { help: 'Address under which counterparts reach this gateway; default: host and port.' })),
  bodyLimitBytes: integer('BODY_LIMIT_BYTES', {
    help: 'Largest request body, in bytes: a message may carry a proof.',
    fallback: '1048576',
    min: 16_384,
    max: 16_777_216,
  }),
  gatewayFile: text('GATEWAY_FILE', {
    help: 'File that says who this gateway is, which networks it speaks for, with which counterparts, and what it shows them (JSON).',
  }),
  networkFile: optional(
    text('NETWORK_FILE', {
      help: 'Description of the Neo network (JSON) whose contract gateway holds the allow-list; without it GATEWAY_FILE alone decides.',
    }),
  ),
  allowListMaxAgeMs: integer('ALLOW_LIST_MAX_AGE_MS', {
    help: 'How old what was read of the allow-list on the ledger may be, in milliseconds; when it cannot be read anew, nobody is on it.',
    fallback: '10000',
    min: 0,
    max: 3_600_000,
  }),
  databaseUrlFile: optional(
    text('DATABASE_URL_FILE', {
      help: 'File with the URL of the PostgreSQL database, on another machine with sslmode=verify-full; default: an embedded one in the data folder, which does not wait for the disk and is for trying out.',
    }),
  ),
  databasePoolSize: integer('DATABASE_POOL_SIZE', {
    help: 'Connections of this server to the PostgreSQL database.',
    fallback: '10',
    min: 1,
    max: 1000,
  }),
  operatorTokenFile: text('OPERATOR_TOKEN_FILE', {
    help: 'File with the bearer token, 32 characters or more, by which the operator starts transfers, switches networks and sees the page.',
  }),
  keyPassphraseFile: optional(text('KEY_PASSPHRASE_FILE', { help: 'File with the passphrase that key files are sealed under.' })),
  alarmWebhookFile: optional(
    text('ALARM_WEBHOOK_FILE', {
      help: 'File with the URL that alarms are posted to; default: they are in the log and the metrics alone.',
    }),
  ),
  alarmWebhookSecretFile: optional(
    text('ALARM_WEBHOOK_SECRET_FILE', { help: 'File with the secret, 16 characters or more, that posts of alarms are signed with.' }),
  ),
  counterpartTimeoutMs: integer('COUNTERPART_TIMEOUT_MS', {
    help: 'How long a counterpart may take to answer a message, in milliseconds: it may write to its chain meanwhile.',
    fallback: '60000',
    min: 100,
    max: 600_000,
  }),
  retryMs: integer('RETRY_MS', {
    help: 'First pause of a transfer that could not go on, in milliseconds; doubled each time.',
    fallback: '1000',
    min: 1,
    max: 60_000,
  }),
  maxRetryMs: integer('MAX_RETRY_MS', {
    help: 'Longest pause of a transfer that could not go on, in milliseconds.',
    fallback: '60000',
    min: 1,
    max: 3_600_000,
  }),
  lookEveryMs: integer('LOOK_EVERY_MS', {
    help: 'How often transfers under way are looked for that nobody goes on with, in milliseconds.',
    fallback: '15000',
    min: 50,
    max: 3_600_000,
  }),
  loopbackPeers: choice('LOOPBACK_PEERS', ['refuse', 'allow'], {
    help: 'Whether counterparts and the webhook may be on this machine: only for a pilot on one machine.',
    fallback: 'refuse',
  }),
  peerNetworks: textList('PEER_NETWORKS', {
    help: 'Networks that are not public and in which counterparts may be, commas between, such as 10.20.0.0/16.',
  }),
  peerAuthorityFile: optional(
    text('PEER_AUTHORITY_FILE', {
      help: 'Certificates of the authorities, in PEM, that counterparts’ certificates are of; default: the usual ones.',
    }),
  ),
  ...clientSettings,
  rateLimitPercent: integer('RATE_LIMIT_PERCENT', {
    help: 'How much one address may ask for, in percent of the usual limits. 0: no limit.',
    fallback: '100',
    min: 0,
    max: 100_000,
  }),
} as const

export type GatewayConfig = ConfigOf<typeof configSchema>

/**
 * Reads the configuration and checks that its values go together.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: every variable that is missing or wrong, a line each
 */
export function readGatewayConfig(environment: NodeJS.ProcessEnv): GatewayConfig {
  const config = readConfig(configSchema, environment)
  refuseProblems([
    ...tlsProblems(config),
    (config.alarmWebhookFile === undefined) !== (config.alarmWebhookSecretFile === undefined) &&
      'ALARM_WEBHOOK_FILE, ALARM_WEBHOOK_SECRET_FILE: expected both or none, for posts are signed',
    config.loopbackPeers === 'allow' && !isLoopback(config.host) && 'LOOPBACK_PEERS: expected refuse, for HOST is not this machine alone',
    config.maxRetryMs < config.retryMs && 'MAX_RETRY_MS: expected no less than RETRY_MS',
  ])
  return config
}
