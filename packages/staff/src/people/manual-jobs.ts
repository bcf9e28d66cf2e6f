import type { Jobs } from '@hufu/service'

/** Jobs that are done when a test says so; for tests alone. */
export class ManualJobs implements Jobs {
  readonly handlers = new Map<string, Parameters<Jobs['work']>[1]>()
  readonly sent: { readonly kind: string; readonly payload: unknown }[] = []

  async send(_queries: unknown, kind: string, payload: Parameters<Jobs['send']>[2]): Promise<void> {
    this.sent.push({ kind, payload })
  }

  work(kind: string, handler: Parameters<Jobs['work']>[1]): void {
    this.handlers.set(kind, handler)
  }

  async close(): Promise<void> {}

  async run(kind: string, payload: Parameters<Jobs['send']>[2] = null): Promise<void> {
    await this.handlers.get(kind)!(payload, new AbortController().signal)
  }
}
