/** An answer of the server that says what went wrong (RFC 9457), or no answer at all. */
export class ApiProblem extends Error {
  /** HTTP status; 0: the server did not answer. */
  readonly status: number
  /** Of docs/errors.md; `offline`: the server did not answer. */
  readonly code: string
  /** For people who look after the server, in English. */
  readonly detail: string | undefined

  constructor(status: number, code: string, detail?: string) {
    super(code)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.detail = detail
  }
}

export async function problemOf(answer: Response): Promise<ApiProblem> {
  const body = (await answer.json().catch(() => ({}))) as { code?: unknown; detail?: unknown }
  return new ApiProblem(
    answer.status,
    typeof body.code === 'string' ? body.code : 'ERR_SERVICE_INTERNAL',
    typeof body.detail === 'string' ? body.detail : undefined,
  )
}
