import { ApiProblem, problemOf } from './api-problem.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What the client tells whoever shows the pages. */
export interface ClientListeners {
  /** The session is over. */
  signedOut(): void
  /** An action asks for a recent sign-in. @returns whether the person has shown again that it is they */
  confirm(): Promise<boolean>
}

/** Calls the server's routes in the name of whoever is signed in: JSON, the session's cookie, and its token with every change. */
export class StaffClient {
  #csrfToken: string | undefined
  #listeners: ClientListeners | undefined

  listen(listeners: ClientListeners): void {
    this.#listeners = listeners
  }

  setCsrfToken(token: string | undefined): void {
    this.#csrfToken = token
  }

  /** @throws ApiProblem */
  async get<Answer>(path: string): Promise<Answer> {
    return (await this.#call('GET', path)).json() as Promise<Answer>
  }

  /** Text such as a CSV file. @throws ApiProblem */
  async getText(path: string): Promise<string> {
    return (await this.#call('GET', path)).text()
  }

  /**
   * Changes something. Where it asks for a recent sign-in, the person is asked, and then it is done.
   *
   * @returns the answer; undefined if it has no body
   * @throws ApiProblem
   */
  async send<Answer>(method: Exclude<Method, 'GET'>, path: string, body?: object): Promise<Answer> {
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await this.#call(method, path, content)
    return (answer.status === 204 ? undefined : await answer.json()) as Answer
  }

  /** Sends a file, and tells how much of it has been sent. @throws ApiProblem */
  upload<Answer>(path: string, file: Blob, onProgress: (part: number) => void): Promise<Answer> {
    // fetch does not tell how far it is.
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', path)
      request.responseType = 'json'
      request.setRequestHeader('content-type', 'text/csv')
      if (this.#csrfToken !== undefined) request.setRequestHeader('x-hufu-csrf', this.#csrfToken)
      request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total)
      request.onerror = () => reject(new ApiProblem(0, 'offline'))
      request.onload = () => {
        const answer = (request.response ?? {}) as { code?: string; detail?: string }
        if (request.status < 300) resolve(answer as Answer)
        else reject(new ApiProblem(request.status, answer.code ?? 'ERR_SERVICE_INTERNAL', answer.detail))
      }
      request.send(file)
    })
  }

  async #call(method: Method, path: string, content: { body?: string; headers?: Record<string, string> } = {}): Promise<Response> {
    try {
      return await this.#callOnce(method, path, content)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'ERR_STAFF_SIGN_IN_AGAIN') throw error
      if (!((await this.#listeners?.confirm()) ?? false)) throw error
      return this.#callOnce(method, path, content)
    }
  }

  async #callOnce(method: Method, path: string, { body, headers }: { body?: string; headers?: Record<string, string> }): Promise<Response> {
    let answer: Response
    try {
      answer = await fetch(path, {
        method,
        ...(body === undefined ? {} : { body }),
        headers: { accept: 'application/json', ...headers, ...(this.#csrfToken === undefined ? {} : { 'x-hufu-csrf': this.#csrfToken }) },
      })
    } catch {
      throw new ApiProblem(0, 'offline')
    }
    if (answer.ok) return answer
    const problem = await problemOf(answer)
    if (problem.code === 'ERR_STAFF_SESSION' && this.#csrfToken !== undefined) this.#listeners?.signedOut()
    throw problem
  }
}
