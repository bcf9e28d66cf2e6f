import { type ConfigOf, choice, integer, logLevels, readConfig, text } from '@hufu/service'

/** Everything that can be set, with a sentence for each. */
export const configSchema = {
  host: text('HOST', { help: 'Address to listen on.', fallback: '127.0.0.1' }),
  port: integer('PORT', { help: 'Port to listen on.', fallback: '17502', min: 1, max: 65_535 }),
  userCode: text('USER_CODE', { help: 'Who the DApp’s owner is to the gateway.', fallback: 'USER0001' }),
  appCode: text('APP_CODE', { help: 'Which DApp it is.', fallback: 'app0001' }),
  orgCode: text('ORG_CODE', { help: 'Which city node it is.', fallback: 'ORG0001' }),
  caType: choice('CA_TYPE', ['1', '2'], { help: '1: the users’ keys are kept here; 2: by the users.', fallback: '1' }),
  algorithm: choice('ALGORITHM', ['SM2', 'R1', 'K1'], { help: 'How macs are made.', fallback: 'R1' }),
  clientKey: text('CLIENT_KEY', { help: 'Public key of the DApp’s access key, in hexadecimal.' }),
  gatewaySecretFile: text('GATEWAY_SECRET_FILE', { help: 'File with the secret that answers are signed with, 64 hexadecimal digits.' }),
  peerAddress: text('PEER_ADDRESS', { help: 'Host and port of a peer of Fabric.' }),
  channel: text('CHANNEL', { help: 'Channel that the DApp is on.' }),
  mspId: text('MSP_ID', { help: 'Organisation in whose name is called.' }),
  tlsAuthorityFile: text('TLS_AUTHORITY_FILE', { help: 'Who vouches for the peer’s TLS certificate, PEM.' }),
  certificateFile: text('CERTIFICATE_FILE', { help: 'Certificate of a client of the organisation, PEM.' }),
  keyFile: text('KEY_FILE', { help: 'Its key, PKCS#8 in PEM.' }),
  authorityCertificateFile: text('AUTHORITY_CERTIFICATE_FILE', { help: 'Certificate of the organisation’s authority, PEM.' }),
  authorityKeyFile: text('AUTHORITY_KEY_FILE', { help: 'Its key, PKCS#8 in PEM.' }),
  logLevel: choice('LOG_LEVEL', logLevels, { help: `How much is logged: ${logLevels.join(', ')}.`, fallback: 'info' }),
  stopAfterMs: integer('STOP_AFTER_MS', {
    help: 'How long requests under way may take to finish once it is told to stop, in milliseconds.',
    fallback: '5000',
    min: 0,
    max: 600_000,
  }),
} as const

export type StandInConfig = ConfigOf<typeof configSchema>

/** @throws ServiceError `ERR_SERVICE_CONFIG`: every variable that is missing or wrong, a line each */
export function readStandInConfig(environment: NodeJS.ProcessEnv): StandInConfig {
  return readConfig(configSchema, environment)
}
