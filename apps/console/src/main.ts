import { parseNetworkDescriptor } from '@hufu/ledger'
import {
  createLog,
  createMetrics,
  exampleEnvironment,
  readConfiguredFile,
  readTls,
  readToken,
  runServer,
  ServiceError,
} from '@hufu/service'
import { type ConsoleConfig, configSchema, readConsoleConfig } from './config.ts'
import { openConsole } from './open-console.ts'
import { readNames } from './read-names.ts'
import { createConsoleServer } from './server.ts'

const usage = `Usage: main.ts [--check-config | --example-env]

Without an option, serves until it is told to stop (SIGTERM or SIGINT). Configured by environment variables.
  --check-config   say what is wrong with the configuration, and end
  --example-env    write an example of all variables to standard output, and end
`

async function main([option]: readonly string[]): Promise<void> {
  if (option === undefined) return serve(readConsoleConfig(process.env))
  if (option === '--example-env') process.stdout.write(exampleEnvironment(configSchema))
  else if (option === '--check-config') {
    readConsoleConfig(process.env)
    process.stdout.write('configuration is in order\n')
  } else throw new ServiceError('ERR_SERVICE_CONFIG', usage)
}

async function serve(config: ConsoleConfig): Promise<void> {
  const { host, port, stopAfterMs } = config
  const log = createLog({ level: config.logLevel })
  const tls = await readTls(config)
  const publicUrl = config.publicUrl ?? `${tls === undefined ? 'http' : 'https'}://${host}:${port}`
  const network = parseNetworkDescriptor(await readConfiguredFile('NETWORK_FILE', config.networkFile))
  const names = config.namesFile === undefined ? {} : readNames(await readConfiguredFile('NAMES_FILE', config.namesFile))
  const metrics = createMetrics()
  const opened = await openConsole(config, { network, names, publicUrl, log, metrics })
  const server = await createConsoleServer({
    ...config,
    ...{ publicUrl, log, tls, metrics, database: opened.database, jobs: opened.jobs, parts: opened.parts },
    metricsToken: await readToken('METRICS_TOKEN_FILE', config.metricsTokenFile),
    findSession: opened.staff.findSession,
    // It shows most when validators fail: it is ready without them.
    readiness: {},
  })
  server.addHook('onClose', () => opened.close())
  await runServer(server, { host, port, stopAfterMs })
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof ServiceError ? error.message : String(error)}\n`)
  // What was opened by then would go on: a server that did not start must not do background work.
  process.exit(1)
}
