/** PostgreSQL's codes of transactions that it ended so that another could go on: nothing of them was done. */
const ended: ReadonlySet<unknown> = new Set(['40P01', '40001'])
const mostTries = 5

/** Does work in a transaction of its own again, where the database chose it to be ended among those that waited for each other. */
export async function withoutDeadlock<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++)
    try {
      return await work()
    } catch (error) {
      if (tries === mostTries || !ended.has((error as { code?: unknown } | null)?.code)) throw error
      await new Promise(resolve => setTimeout(resolve, Math.random() * 20 * tries))
    }
}
