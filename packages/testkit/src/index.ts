export { FixedClock } from './fixed-clock.ts'
export { fixedSecret, fixedSigner } from './fixed-signer.ts'
export { isPostgresInstalled, startPostgres, type TestPostgres } from './start-postgres.ts'
export { startTestNetwork, type TestNetwork, type TestNetworkOptions } from './test-network.ts'
