import { openFabricConnection } from '@hufu/chains/fabric'
import { importMacSigner, importMacVerifier } from '@hufu/pcn'
import { hexToBytes } from '@hufu/primitives'
import { createLog, exampleEnvironment, readConfiguredFile, runServer, ServiceError } from '@hufu/service'
import { CertificateAuthority } from './certificate-authority.ts'
import { configSchema, readStandInConfig } from './config.ts'
import { createStandIn } from './create-stand-in.ts'
import { FabricNode } from './fabric-node.ts'
import { openFabricUser } from './open-fabric-user.ts'

async function main([option]: readonly string[]): Promise<void> {
  if (option === '--example-env') return void process.stdout.write(exampleEnvironment(configSchema))
  const config = readStandInConfig(process.env)
  if (option === '--check-config') return void process.stdout.write('configuration is in order\n')
  if (option !== undefined) throw new ServiceError('ERR_SERVICE_CONFIG', 'Usage: main.ts [--check-config | --example-env]')
  const { mspId, channel, peerAddress, algorithm } = config
  const identity = {
    mspId,
    certificate: await readConfiguredFile('CERTIFICATE_FILE', config.certificateFile),
    privateKey: await readConfiguredFile('KEY_FILE', config.keyFile),
  }
  const tlsAuthority = await readConfiguredFile('TLS_AUTHORITY_FILE', config.tlsAuthorityFile)
  const connection = openFabricConnection({ peerAddress, tlsAuthority, identity })
  const secret = hexToBytes((await readConfiguredFile('GATEWAY_SECRET_FILE', config.gatewaySecretFile)).trim())
  const server = createStandIn({
    ...config,
    caType: config.caType === '1' ? 1 : 2,
    client: importMacVerifier(algorithm, hexToBytes(config.clientKey)),
    gateway: await importMacSigner(algorithm, secret),
    node: new FabricNode(connection, channel),
    authority: await CertificateAuthority.open({
      certificate: await readConfiguredFile('AUTHORITY_CERTIFICATE_FILE', config.authorityCertificateFile),
      privateKey: await readConfiguredFile('AUTHORITY_KEY_FILE', config.authorityKeyFile),
    }),
    defaultUser: await openFabricUser(identity),
    log: createLog({ level: config.logLevel }),
    tls: undefined,
  })
  await runServer(server, config)
  connection.close()
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof ServiceError ? error.message : String(error)}\n`)
  process.exitCode = 1
}
