import buildCompilers from '@fastify/ajv-compiler'
import type { FastifyInstance, FastifySchemaValidationError } from 'fastify'
import { ServiceError } from './errors.ts'

/**
 * Has requests looked at as their schemas stand: a member too many is refused, not taken away, and in a body a text is no number. Parameters of an address are
 * texts always, so they become what the schema says.
 */
export function validateStrictly(server: FastifyInstance): void {
  const build = buildCompilers()
  const strict = { removeAdditional: false, useDefaults: true, allErrors: false } as const
  const bodies = build({}, { customOptions: { ...strict, coerceTypes: false } })
  const parameters = build({}, { customOptions: { ...strict, coerceTypes: 'array' } })
  server.setValidatorCompiler(route => (route.httpPart === 'body' ? bodies : parameters)(route as never) as never)
  server.setSchemaErrorFormatter((errors, part) => refusalOf(errors[0], part))
}

/** Names the field and what is expected; of values it says nothing. */
function refusalOf(error: FastifySchemaValidationError | undefined, part: string): ServiceError {
  const unknown = error?.keyword === 'additionalProperties' || error?.keyword === 'unevaluatedProperties'
  const expectation = unknown
    ? 'expected no other members'
    : (error?.message ?? 'expected what the schema says').replace(/^must /, 'expected to ')
  return new ServiceError('ERR_SERVICE_REQUEST', `${part}${error?.instancePath ?? ''}: ${expectation}`)
}
