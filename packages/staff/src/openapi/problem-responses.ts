/** An operation of the description, as far as it is looked at here. */
export interface DescribedOperation {
  readonly parameters?: readonly { readonly in?: string }[]
  readonly requestBody?: object
  readonly responses?: { readonly [status: string]: object }
  readonly 'x-access'?: unknown
}

/** Components that the operations name. */
export const problemComponents = {
  schemas: {
    Problem: {
      type: 'object',
      description:
        'What went wrong (RFC 9457). `code` is one of the page of errors; `detail` names the field or rule and what is expected.',
      properties: {
        type: { type: 'string' },
        title: { type: 'string' },
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: { type: 'string' },
        code: { type: 'string', pattern: '^ERR_[A-Z0-9_]+$' },
      },
      required: ['type', 'title', 'status', 'code'],
    },
  },
  responses: {
    Problem: {
      description: 'A problem',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
    Later: {
      description: 'Too much at once: try again later',
      headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } } },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
} as const

/** The operation with the problems that every route like it may answer with; what it says itself stays. */
export function withProblems<Operation extends DescribedOperation>(operation: Operation): Operation {
  const { parameters = [], requestBody, responses = {}, 'x-access': access } = operation
  const isGuarded = access !== 'public'
  const places = new Set(parameters.map(parameter => parameter.in))
  const statuses = [
    ...(requestBody !== undefined || places.size > 0 ? ['400'] : []),
    ...(isGuarded ? ['401', '403'] : []),
    ...(places.has('path') ? ['404'] : []),
    ...(requestBody === undefined ? [] : ['413', '415']),
    '500',
  ]
  const problem = { $ref: '#/components/responses/Problem' }
  const later = { $ref: '#/components/responses/Later' }
  // A route that says itself how it refuses refuses in no other way.
  const ownRefusals = Object.keys(responses).some(status => /^4xx$|^default$/i.test(status))
  const added = Object.fromEntries(statuses.filter(status => !(ownRefusals && status.startsWith('4'))).map(status => [status, problem]))
  return { ...operation, responses: { ...added, 429: later, 503: later, ...responses } }
}
