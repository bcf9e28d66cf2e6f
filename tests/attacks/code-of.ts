import { errorCode } from '@hufu/primitives'

/** The code that an attempt fails with; undefined if it does not. @throws what has none */
export function codeOf(attempt: () => unknown): string | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return code
  }
}
