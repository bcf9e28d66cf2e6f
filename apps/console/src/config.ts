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
  tlsProblems,
} from '@hufu/service'

/** Everything that can be set, with a sentence for each. `.env.example` is written from it. */
export const configSchema = {
  ...serverSettings({ port: 8070, dataFolder: '.hufu/console', requestTimeoutMs: 30_000 }),
  publicUrl: optional(publicUrl('PUBLIC_URL', { help: 'Address under which others reach this server; default: host and port.' })),
  bodyLimitBytes: integer('BODY_LIMIT_BYTES', {
    help: 'Largest request body but for audit logs, in bytes.',
    fallback: '1048576',
    min: 262_144,
    max: 16_777_216,
  }),
  auditLogLimitBytes: integer('AUDIT_LOG_LIMIT_BYTES', {
    help: 'Largest audit log that an auditor can have replayed, in bytes.',
    fallback: '67108864',
    min: 65_536,
    max: 268_435_456,
  }),
  networkFile: text('NETWORK_FILE', {
    help: 'Description of the network (JSON): its validators’ keys are what evidence is checked against.',
  }),
  networkFolder: optional(
    text('NETWORK_FOLDER', {
      help: 'Folder of a network on this machine, whose validators’ disks and logs are watched too; default: only what they tell.',
    }),
  ),
  namesFile: optional(
    text('NAMES_FILE', {
      help: 'File with names of DIDs (JSON: {"did:neo:…": {"zh-CN": "…", "en": "…"}}); pages show them as this server’s word.',
    }),
  ),
  databaseUrlFile: optional(
    text('DATABASE_URL_FILE', {
      help: 'File with the URL of the PostgreSQL database, on another machine with sslmode=verify-full; default: an embedded one in the data folder.',
    }),
  ),
  databasePoolSize: integer('DATABASE_POOL_SIZE', {
    help: 'Connections of this server to the PostgreSQL database.',
    fallback: '10',
    min: 1,
    max: 1000,
  }),
  credentialTrees: choice('CREDENTIAL_TREES', ['follow', 'off'], {
    help: 'Whether this server rebuilds every credential tree from the ledger, which shows false roots: some 40 bytes of memory and disk a leaf.',
    fallback: 'follow',
  }),
  consoleNameZh: text('CONSOLE_NAME_ZH', { help: 'Name of this console in Chinese, as people see it.', fallback: '虎符控制台' }),
  consoleNameEn: text('CONSOLE_NAME_EN', { help: 'Name of this console in English.', fallback: 'Hufu console' }),
  vaultKeyFile: optional(
    text('VAULT_KEY_FILE', {
      help: 'File with the key that seals names of the staff, 64 hexadecimal digits a line, after sm4-gcm: where SM4 is wanted; the first seals. Default: one that the server makes in its data folder.',
    }),
  ),
  staffSignIn: choice('STAFF_SIGN_IN', ['passkey', 'invitation'], {
    help: 'How people sign in. invitation is a stand-in for pilots on one machine: the link of an invitation is enough.',
    fallback: 'passkey',
  }),
  staffBootstrapFile: optional(
    text('STAFF_BOOTSTRAP_FILE', {
      help: 'File with invitations for the first administrators, as hufu staff invite writes it; read at each start.',
    }),
  ),
  ...clientSettings,
  rateLimitPercent: integer('RATE_LIMIT_PERCENT', {
    help: 'How much one address may ask for, in percent of the usual limits; each replica counts for itself. 0: no limit.',
    fallback: '100',
    min: 0,
    max: 100_000,
  }),
} as const

export type ConsoleConfig = ConfigOf<typeof configSchema>

/**
 * Reads the configuration and checks that its values go together.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: every variable that is missing or wrong, a line each
 */
export function readConsoleConfig(environment: NodeJS.ProcessEnv): ConsoleConfig {
  const config = readConfig(configSchema, environment)
  refuseProblems([
    ...tlsProblems(config),
    config.staffSignIn === 'invitation' &&
      !isLoopback(config.host) &&
      'STAFF_SIGN_IN: expected passkey, for HOST is not this machine alone',
  ])
  return config
}
