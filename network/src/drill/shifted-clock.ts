import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NetworkError } from '../errors.ts'
import type { NodeProgram } from '../node-process.ts'

const networkFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const binary = join(networkFolder, 'bin', 'neo-go-shifted-clock')
const builtFrom = `${binary}.from`
/** The sources with our patches, as `npm run setup` puts them together. */
const patchedModule = join(networkFolder, '..', 'node_modules', '.cache', 'hufu', 'network.mod')
const variable = 'HUFU_CLOCK_SHIFT_MS'
const readsClock = '\tsec, nsec, mono := runtimeNow()\n'

/** Of Go's package `time`: what one process believes the time to be. Its steady clock, and with it every timer, stays right. */
const shiftSource = `package time

import "syscall"

var shiftMs = readShiftMs()

func readShiftMs() int64 {
	text, _ := syscall.Getenv("${variable}")
	sign, value := int64(1), int64(0)
	for i := 0; i < len(text); i++ {
		if text[i] == '-' {
			sign = -1
		} else {
			value = value*10 + int64(text[i]-'0')
		}
	}
	return sign * value
}

func shifted(sec int64, nsec int32, mono int64) (int64, int32, int64) {
	nanos := int64(nsec) + shiftMs%1000*1_000_000
	sec += shiftMs / 1000
	if nanos < 0 {
		return sec - 1, int32(nanos + 1_000_000_000), mono
	}
	if nanos >= 1_000_000_000 {
		return sec + 1, int32(nanos - 1_000_000_000), mono
	}
	return sec, int32(nanos), mono
}
`

/**
 * The same neo-go, but its clock is wrong by so much.
 *
 * Go reads the clock from the kernel without the C library, so nothing that stands between a program and libc (libfaketime) reaches it, and a time namespace
 * of Linux moves only the steady clock. So neo-go is built once more, with one line of Go's package \`time\` replaced at compile time (\`go build -overlay\`).
 *
 * @throws NetworkError `ERR_NETWORK_BINARY`: it could not be built
 */
export function programWithClock(shiftMs: number): NodeProgram {
  build()
  return { binary, environment: { [variable]: String(shiftMs) } }
}

/** A minute or two the first time, and again when neo-go was built anew. */
function build(): void {
  const stamp = readFileSync(join(networkFolder, 'bin', '.neo-go-noasm-built'), 'utf8')
  if (existsSync(binary) && existsSync(builtFrom) && readFileSync(builtFrom, 'utf8') === stamp) return
  const folder = mkdtempSync(join(tmpdir(), 'hufu-shifted-clock-'))
  try {
    const time = join(execFileSync('go', ['env', 'GOROOT'], { cwd: networkFolder, encoding: 'utf8' }).trim(), 'src', 'time')
    const source = readFileSync(join(time, 'time.go'), 'utf8')
    if (source.split(readsClock).length !== 2) throw new TypeError('expected one line that reads the clock')
    writeFileSync(join(folder, 'time.go'), source.replace(readsClock, readsClock.replace('runtimeNow()', 'shifted(runtimeNow())')))
    writeFileSync(join(folder, 'shift.go'), shiftSource)
    const replace = { [join(time, 'time.go')]: join(folder, 'time.go'), [join(time, 'shift.go')]: join(folder, 'shift.go') }
    writeFileSync(join(folder, 'overlay.json'), JSON.stringify({ Replace: replace }))
    const module = existsSync(patchedModule) ? ['-modfile', patchedModule] : []
    const options = [
      ...module,
      '-tags',
      'noasm',
      '-buildvcs=false',
      '-trimpath',
      '-overlay',
      join(folder, 'overlay.json'),
      '-ldflags',
      '-s -w',
    ]
    execFileSync('go', ['build', ...options, '-o', binary, 'github.com/nspcc-dev/neo-go/cli'], { cwd: networkFolder, stdio: 'pipe' })
    writeFileSync(builtFrom, stamp)
  } catch (cause) {
    throw new NetworkError('ERR_NETWORK_BINARY', 'neo-go with a shifted clock could not be built; Go is needed for it', { cause })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
