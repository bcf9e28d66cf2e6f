export {
  type ConfigOf,
  type ConfigSchema,
  choice,
  exampleEnvironment,
  type Field,
  integer,
  optionalText,
  readConfig,
  text,
  textList,
  url,
} from './config.ts'
export { type CredentialLookups, credentialLookups } from './credential-lookups.ts'
export { ServiceError, type ServiceErrorCode } from './errors.ts'
export { addHealthRoutes, type ReadinessChecks } from './health.ts'
export { createHttpServer, type HttpServerOptions, sendProblem } from './http-server.ts'
export { createLog, type LogLevel, logLevels } from './log.ts'
export { type Problem, problemMediaType, problemOf } from './problem.ts'
export { runServer } from './run-server.ts'
