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
  url,
} from '@hufu/service'

/** What a server can do for its institution. */
export const institutionRoles = ['issuer', 'verifier', 'sign-in', 'hand-over'] as const

/** Everything that can be set, with a sentence for each. `.env.example` is written from it. */
export const configSchema = {
  ...serverSettings({ port: 8080, dataFolder: '.hufu/institution' }),
  publicUrl: optional(
    publicUrl('PUBLIC_URL', { help: 'Address under which others reach this server, part of every status list; default: host and port.' }),
  ),
  bodyLimitBytes: integer('BODY_LIMIT_BYTES', {
    help: 'Largest request body, in bytes.',
    fallback: '1048576',
    min: 1024,
    max: 16_777_216,
  }),
  networkFile: optional(
    text('NETWORK_FILE', { help: 'Description of the network (JSON); without it the server knows no ledger and resolves no did:neo.' }),
  ),
  databaseUrlFile: optional(
    text('DATABASE_URL_FILE', {
      help: 'File with the URL of the PostgreSQL database, on another machine with sslmode=verify-full; default: an embedded one in the data folder.',
    }),
  ),
  credentialTrees: choice('CREDENTIAL_TREES', ['follow', 'off'], {
    help: 'Whether this server rebuilds every credential tree from the ledger and gives wallets their parts: some 40 bytes of memory and disk a leaf.',
    fallback: 'follow',
  }),
  publishedFolder: optional(text('PUBLISHED_FOLDER', { help: 'Folder of status lists that an issuer’s desk has published, to give out.' })),
  issuerFiles: textList('ISSUER_FILES', { help: 'Identity files, commas between, of those in whose name this server issues.' }),
  issuingTokenFile: optional(
    text('ISSUING_TOKEN_FILE', {
      help: 'File with the bearer token that issuing and changing statuses asks for; required to issue beyond this machine.',
    }),
  ),
  partnersFile: optional(
    text('PARTNERS_FILE', {
      help: 'Partners outside this network whose credentials the VC API verifies as JWT (JSON; docs/sm.md); default: none.',
    }),
  ),
  roles: textList('ROLES', {
    help: 'What this server does for its institution, commas between: issuer, verifier, sign-in, hand-over; none: it resolves, and serves the VC API.',
  }),
  identityFile: optional(
    text('IDENTITY_FILE', { help: 'Identity file of the institution in whose name the roles act; required with ROLES.' }),
  ),
  institutionNameZh: text('INSTITUTION_NAME_ZH', { help: 'Name of the institution in Chinese, as people see it.', fallback: '示例机构' }),
  institutionNameEn: text('INSTITUTION_NAME_EN', {
    help: 'Name of the institution in English, as people see it.',
    fallback: 'Example institution',
  }),
  vaultKeyFile: optional(
    text('VAULT_KEY_FILE', {
      help: 'File with the key that seals personal data in the database: 32 bytes in hexadecimal a line, after sm4-gcm: where SM4 is wanted in place of AES, the current one first; default: one made in the data folder, which replicas cannot share.',
    }),
  ),
  systemTokenFile: optional(
    text('SYSTEM_TOKEN_FILE', { help: 'File with the bearer token by which the institution’s own systems call this server.' }),
  ),
  clientsFile: optional(
    text('OIDC_CLIENTS_FILE', { help: 'OpenID Connect clients and how they are signed in (JSON); required for the role sign-in.' }),
  ),
  pageQueries: textList('PAGE_QUERIES', { help: 'Registered queries, commas between, that the public page /verify/{query} may ask.' }),
  pageOrigins: textList('PAGE_ORIGINS', {
    help: 'Origins, commas between, of the institution’s own sites: wallets on the same device send people back to their pages that embed <hufu-verify>.',
  }),
  proofVerifier: choice('PROOF_VERIFIER', ['here', 'native'], {
    help: 'What checks zero-knowledge proofs: this process, or the native verifier that the set-up builds (several times faster).',
    fallback: 'here',
  }),
  walletUrl: optional(
    url('WALLET_URL', {
      help: 'Address of the wallet that links open; default: the openid4vp: and openid-credential-offer: schemes alone.',
    }),
  ),
  otherDidsFile: optional(
    text('OTHER_DIDS_FILE', {
      help: 'File (JSON) that says which DIDs of other methods the resolver asks others about: web, bsn, ethr; default: none, only did:key and did:jwk, which are their key.',
    }),
  ),
  loopbackPeers: choice('LOOPBACK_PEERS', ['refuse', 'allow'], {
    help: 'Whether addresses that others name may be on this machine: only for a pilot on one machine.',
    fallback: 'refuse',
  }),
  auditAnchorEveryMs: integer('AUDIT_ANCHOR_EVERY_MS', {
    help: 'How often the head of the audit log goes on the ledger at most, where it has changed, in milliseconds.',
    fallback: '60000',
    min: 1000,
    max: 86_400_000,
  }),
  keySettleMs: integer('KEY_SETTLE_MS', {
    help: 'How long after a new key is on the ledger it begins to sign, so that whoever keeps DID documents for a while knows it, in milliseconds.',
    fallback: '30000',
    min: 0,
    max: 86_400_000,
  }),
  keyListedForMs: integer('KEY_LISTED_FOR_MS', {
    help: 'How long a key that was replaced stays in the DID document: as long as anything that it signed lasts, in milliseconds.',
    fallback: '157788000000',
    min: 0,
    max: 3_155_760_000_000,
  }),
  staffSignIn: choice('STAFF_SIGN_IN', ['passkey', 'invitation'], {
    help: 'How the staff signs in; invitation: by its invitation links alone, a stand-in for passkeys that only a pilot on one machine may use.',
    fallback: 'passkey',
  }),
  staffBootstrapFile: optional(
    text('STAFF_BOOTSTRAP_FILE', {
      help: 'File with invitations that `hufu staff invite` wrote: for the first administrator, or when none is left.',
    }),
  ),
  keyPassphraseFile: optional(
    text('KEY_PASSPHRASE_FILE', { help: 'File with the passphrase that identity files are sealed under (main.ts --seal-identity).' }),
  ),
  pkcs11Module: optional(
    text('PKCS11_MODULE', {
      help: 'Module of the PKCS#11 token that holds keys which identity files name, such as /usr/lib/softhsm/libsofthsm2.so.',
    }),
  ),
  pkcs11Token: optional(text('PKCS11_TOKEN', { help: 'Label of the PKCS#11 token.' })),
  pkcs11PinFile: optional(text('PKCS11_PIN_FILE', { help: 'File with the PIN of the PKCS#11 token.' })),
  ...clientSettings,
  rateLimitPercent: integer('RATE_LIMIT_PERCENT', {
    help: 'How much one address may ask for, in percent of the usual limits; each replica counts for itself. 0: no limit, and nobody is sent away because there is too much to do (for measurements).',
    fallback: '100',
    min: 0,
    max: 100_000,
  }),
  databasePoolSize: integer('DATABASE_POOL_SIZE', {
    help: 'Connections of this server to the PostgreSQL database.',
    fallback: '10',
    min: 1,
    max: 1000,
  }),
  issuerPolicy: choice('ISSUER_POLICY', ['registered', 'any'], {
    help: 'Whose credentials verify: those of issuers in the trust registry, or of any issuer (for tests: it says nothing of who the issuer is).',
    fallback: 'registered',
  }),
  statusMaxAgeMs: integer('STATUS_MAX_AGE_MS', {
    help: 'How old the word of an issuer on a status may be, in milliseconds.',
    fallback: '86400000',
    min: 1000,
    max: 2_592_000_000,
  }),
} as const

export type InstitutionConfig = ConfigOf<typeof configSchema>

/**
 * Reads the configuration and checks that its values go together.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: every variable that is missing or wrong, a line each
 */
export function readInstitutionConfig(environment: NodeJS.ProcessEnv): InstitutionConfig {
  const config = readConfig(configSchema, environment)
  refuseProblems([
    ...tlsProblems(config),
    config.issuerFiles.length > 0 &&
      config.port === 0 &&
      config.publicUrl === undefined &&
      'PUBLIC_URL: expected one, for status lists cannot name a port that is not known',
    config.issuerPolicy === 'registered' &&
      config.networkFile === undefined &&
      'NETWORK_FILE: expected a file, for the trust registry is on the ledger (ISSUER_POLICY=any does without)',
    ...roleProblems(config),
    config.issuerFiles.length > 0 &&
      config.issuingTokenFile === undefined &&
      !isLoopback(config.host) &&
      'ISSUING_TOKEN_FILE: expected a file, for issuers are configured and HOST is not this machine alone',
  ])
  return config
}

function roleProblems({ roles, networkFile, identityFile, clientsFile, systemTokenFile }: InstitutionConfig): readonly (string | false)[] {
  if (roles.length === 0) return []
  return [
    !roles.every(role => institutionRoles.some(known => known === role)) && `ROLES: expected some of ${institutionRoles.join(', ')}`,
    networkFile === undefined && 'NETWORK_FILE: expected a file, for ROLES is set',
    identityFile === undefined && 'IDENTITY_FILE: expected a file, for ROLES is set',
    systemTokenFile === undefined && 'SYSTEM_TOKEN_FILE: expected a file, for ROLES is set',
    roles.includes('sign-in') && !roles.includes('verifier') && 'ROLES: expected verifier, for sign-in needs it',
    roles.includes('hand-over') && !roles.includes('verifier') && 'ROLES: expected verifier, for hand-over needs it',
    roles.includes('sign-in') && clientsFile === undefined && 'OIDC_CLIENTS_FILE: expected a file, for the role sign-in is set',
  ]
}
