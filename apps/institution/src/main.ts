import { writeFileWhole } from '@hufu/files'
import { generateSecret, publicKeyToMultikey } from '@hufu/keys'
import { falseRootsMetric } from '@hufu/proofs'
import {
  createLog,
  createMetrics,
  databaseReady,
  databaseWarnings,
  exampleEnvironment,
  isSealedKeyFile,
  readConfig,
  readConfiguredFile,
  readTls,
  readToken,
  runServer,
  ServiceError,
  sealKeyFile,
} from '@hufu/service'
import { AccessCheckers } from '@hufu/staff'
import { bsnPart } from './bsn/bsn-routes.ts'
import { configSchema, type InstitutionConfig, readInstitutionConfig } from './config.ts'
import { createDidKeyIdentity } from './create-did-key-identity.ts'
import type { InstitutionSurroundings, OpenedInstitution } from './open-institution.ts'
import { openKeySources } from './open-key-sources.ts'
import { openLedger } from './open-ledger.ts'
import { openVcApiServices } from './open-vc-api-services.ts'
import type { OpenedParts } from './parts/open-parts.ts'
import { openOtherDids } from './resolver/open-other-dids.ts'
import { createInstitutionServer } from './server.ts'

const usage = `Usage: main.ts [--check-config | --example-env | --new-issuer FILE P-256|Ed25519 | --seal-identity FILE [sm4-gcm] | --new-token-key LABEL]

Without an option, serves until it is told to stop (SIGTERM or SIGINT). Configured by environment variables.
  --check-config   say what is wrong with the configuration, and end
  --example-env    write an example of all variables to standard output, and end
  --new-issuer     make an issuer whose DID is its key, for tests: write its identity file, print its DID, and end
  --seal-identity  seal an identity file under the passphrase of KEY_PASSPHRASE_FILE, with AES-256-GCM or as told, and end
  --new-token-key  make a P-256 key in the token of PKCS11_TOKEN, print its public key as a Multikey, and end; an identity file
                   then names it: "pkcs11": { "label": LABEL } in place of "secret"
`

async function main([option, ...values]: readonly string[]): Promise<void> {
  if (option === undefined) return serve(readInstitutionConfig(process.env))
  process.stdout.write(await textOf(option, values))
}

async function textOf(option: string, [file, algorithm]: readonly string[]): Promise<string> {
  if (option === '--example-env') return exampleEnvironment(configSchema)
  if (option === '--check-config') {
    readInstitutionConfig(process.env)
    return 'configuration is in order\n'
  }
  if (option === '--new-issuer' && file !== undefined && (algorithm === 'P-256' || algorithm === 'Ed25519'))
    return `${await createDidKeyIdentity(file, algorithm, generateSecret(algorithm))}\n`
  if (option === '--seal-identity' && file !== undefined && (algorithm === undefined || algorithm === 'sm4-gcm'))
    return sealIdentity(file, algorithm ?? 'aes-256-gcm')
  if (option === '--new-token-key' && file !== undefined) return newTokenKey(file)
  throw new ServiceError('ERR_SERVICE_CONFIG', usage)
}

async function sealIdentity(file: string, cipher: 'aes-256-gcm' | 'sm4-gcm'): Promise<string> {
  const content = await readConfiguredFile('--seal-identity', file)
  if (isSealedKeyFile(content)) throw new ServiceError('ERR_SERVICE_CONFIG', `${file}: sealed already`)
  const passphrase = await openKeySources(readConfig(configSchema, process.env)).passphrase()
  await writeFileWhole(file, await sealKeyFile(content, passphrase, { cipher }))
  return 'sealed\n'
}

async function newTokenKey(label: string): Promise<string> {
  const token = await openKeySources(readConfig(configSchema, process.env)).token()
  const publicKey = await token.makeKey(label)
  await token.close()
  return `${publicKeyToMultikey(publicKey)}\n`
}

async function serve(config: InstitutionConfig): Promise<void> {
  const { host, port, stopAfterMs } = config
  const log = createLog({ level: config.logLevel })
  const tls = await readTls(config)
  const publicUrl = config.publicUrl ?? `${tls === undefined ? 'http' : 'https'}://${host}:${port}`
  const ledger = await openLedger(config, {
    log,
    onError: error => log.warn({ err: error }, 'following the ledger'),
    onAlarm: ({ issuer, typeId, rootIndex, blockIndex, reason }) =>
      log.error({ metric: falseRootsMetric, issuer, typeId, rootIndex, blockIndex, reason }, 'an issuer has published a false root'),
  })
  const metrics = createMetrics()
  // The embedded database has none of it and is for trying out.
  if (ledger !== undefined && config.databaseUrlFile !== undefined)
    for (const warning of await databaseWarnings(ledger.database)) log.warn({ warning }, 'settings of the database')
  const vcApi = await openVcApiServices(config, ledger, publicUrl)
  const others = await openOtherDids(config.otherDidsFile, { allowLoopback: config.loopbackPeers === 'allow' })
  const { institution, parts } = ledger === undefined ? {} : await openRoles(config, { publicUrl, ledger, log, metrics })
  const server = await createInstitutionServer({
    ...config,
    publicUrl,
    log,
    tls,
    vcApi,
    metrics,
    metricsToken: await readToken('METRICS_TOKEN_FILE', config.metricsTokenFile),
    database: institution?.database,
    jobs: institution?.jobs,
    clockWatch: ledger?.clockWatch,
    access: {
      systemToken: await readToken('SYSTEM_TOKEN_FILE', config.systemTokenFile),
      checkers: institution?.access ?? new AccessCheckers(),
      findSession: parts?.staff.findSession,
    },
    resolver: ledger === undefined ? undefined : { ...ledger.resolver, others: others.resolver },
    trees: ledger?.trees,
    parts: [
      ...(others.bsn === undefined ? [] : [bsnPart({ ...others.bsn, resolver: others.resolver, vcApi })]),
      ...(institution === undefined || parts === undefined ? [] : [institution.audit, institution.keys, ...parts.all]),
    ],
    readiness:
      ledger === undefined
        ? {}
        : { database: () => databaseReady(ledger.database), ledger: () => ledger.ready(), clock: async () => ledger.clockWatch.confirm() },
  })
  server.addHook('onClose', async () => {
    await parts?.close()
    await institution?.close()
    await vcApi.statuses.close()
    await ledger?.close()
  })
  await runServer(server, { host, port, stopAfterMs })
}

/** Loads what the roles need only where there are any: a resolver starts without an OpenID provider. */
async function openRoles(
  config: InstitutionConfig,
  surroundings: InstitutionSurroundings,
): Promise<{ readonly institution?: OpenedInstitution; readonly parts?: OpenedParts }> {
  if (config.roles.length === 0) return {}
  const [{ openInstitution }, { openParts }] = await Promise.all([import('./open-institution.ts'), import('./parts/open-parts.ts')])
  const institution = await openInstitution(config, surroundings)
  return { institution, parts: await openParts(institution) }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof ServiceError ? error.message : String(error)}\n`)
  // What was opened by then would go on: a server that did not start must not do background work.
  process.exit(1)
}
