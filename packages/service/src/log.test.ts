import { PlatformError } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function capture() {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: line => void lines.push(line) } })
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> }
}

test('writes an error without its message', () => {
  const { log, lines, last } = capture()
  log.error({ err: new PlatformError('ERR_X', 'name Li Lei', { cause: new Error('id 11010519491231002X') }) }, 'failed')
  expect(last()).toMatchObject({ msg: 'failed', err: { name: 'PlatformError', code: 'ERR_X', cause: { name: 'Error' } } })
  expect(lines.join()).not.toMatch(/Li Lei|1101/)
  expect(lines.join()).toContain('log.test.ts')
})

test('writes nothing below its level', () => {
  const { log, lines } = capture()
  log.debug('quiet')
  expect(lines).toEqual([])
})
