// What deploy/ holds for real hosts, checked by the tools of systemd and Kubernetes, and by our own programs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const units = readdirSync(join(root, 'deploy', 'systemd')).filter(name => name.endsWith('.service'))
const manifests = readdirSync(join(root, 'deploy', 'kubernetes')).filter(name => name.endsWith('.yaml'))
const kubernetesValidate = join(root, 'node_modules', '.cache', 'hufu', 'kubernetes-validate', 'bin', 'kubernetes-validate')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-deploy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Verdict {
  readonly status: number | null
  readonly said: string
}

function run(program: string, args: readonly string[]): Verdict {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}${error?.message ?? ''}`.trim() }
}

/** As installed on a host, but where the programs are here. */
function verifyUnit(name: string, change: (text: string) => string = text => text): Verdict {
  const file = join(folder, name)
  writeFileSync(file, change(readFileSync(join(root, 'deploy', 'systemd', name), 'utf8')).replaceAll('/opt/hufu/', `${root}/`))
  return run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file])
}

function verifyManifest(name: string, change: (text: string) => string = text => text): Verdict {
  const file = join(folder, name)
  writeFileSync(file, change(readFileSync(join(root, 'deploy', 'kubernetes', name), 'utf8')))
  return run(kubernetesValidate, ['--strict', '--no-warn', '--quiet', file])
}

describe('systemd', () => {
  test('there is a unit for each program that runs on a host', () => {
    expect(units).toEqual([
      'hufu-console.service',
      'hufu-gateway@.service',
      'hufu-institution@.service',
      'hufu-observer.service',
      'hufu-validator.service',
      'hufu-watchdog.service',
    ])
  })

  test.each(units)('%s is well-formed, to systemd-analyze', name => {
    expect(verifyUnit(name)).toEqual({ status: 0, said: '' })
  })

  test('the same check refuses a program that is not there, and a setting that is none', () => {
    expect(
      verifyUnit('hufu-observer.service', text => text.replaceAll('main.ts', 'mains.ts').replaceAll('/.bin/node', '/.bin/nodes')).status,
    ).not.toBe(0)
    expect(verifyUnit('hufu-observer.service', text => text.replace('Restart=', 'Restrat=')).said).toContain('Restrat')
  })

  test.each(units)('%s lets its program do little', name => {
    const file = join(folder, name)
    verifyUnit(name)
    const { said } = run('systemd-analyze', ['security', '--offline=true', '--no-pager', file])
    const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(said)?.[1])
    expect(exposure).toBeLessThan(3.5)
  })
})

describe('Kubernetes', () => {
  test.each(manifests)('%s is valid, strictly', name => {
    expect(verifyManifest(name)).toEqual({ status: 0, said: '' })
  })

  test('the same check refuses a member that is none, and a value of another type', () => {
    expect(verifyManifest('validator.yaml', text => text.replace('serviceName:', 'servicesName:')).status).not.toBe(0)
    expect(verifyManifest('validator.yaml', text => text.replace('replicas: 1', 'replicas: one')).status).not.toBe(0)
  })

  test('a validator is one pod, on a volume of one pod, which is only taken off by hand', () => {
    const text = readFileSync(join(root, 'deploy', 'kubernetes', 'validator.yaml'), 'utf8')
    for (const line of ['replicas: 1', 'type: OnDelete', 'accessModes: [ReadWriteOncePod]', 'maxUnavailable: 0'])
      expect(text).toContain(line)
  })

  test.each(manifests.filter(name => name !== 'namespace.yaml'))('every container of %s runs without privileges', name => {
    const text = readFileSync(join(root, 'deploy', 'kubernetes', name), 'utf8')
    const containers = text.match(/^ +image: /gm)!.length
    expect(text.match(/allowPrivilegeEscalation: false/g)).toHaveLength(containers)
    expect(text.match(/readOnlyRootFilesystem: true/g)).toHaveLength(containers)
    expect(text).toContain('runAsNonRoot: true')
  })
})

test('the command line knows every command and option that units and manifests use', () => {
  const lines = [
    ...units.flatMap(
      name => readFileSync(join(root, 'deploy', 'systemd', name), 'utf8').match(/^ExecStart=.*cli\/src\/main\.ts.*$/gm) ?? [],
    ),
    ...manifests.flatMap(name =>
      (readFileSync(join(root, 'deploy', 'kubernetes', name), 'utf8').match(/^ +args:\s+\[\s*(validator|--network)[^\]]*\]/gm) ?? []).map(
        line => line.replace(/[[\],]/g, ' '),
      ),
    ),
  ]
  expect(lines.length).toBeGreaterThanOrEqual(6)
  const helps = new Map<string, string>()
  for (const line of lines) {
    const words = line.split(/\s+/)
    const at = words.findIndex(word => word === 'validator' || word === 'watchdog')
    const command = words.slice(at, words[at] === 'validator' ? at + 2 : at + 1)
    const name = command.join(' ')
    const said = helps.get(name) ?? run(process.execPath, [join(root, 'apps', 'cli', 'src', 'main.ts'), ...command, '--help']).said
    helps.set(name, said)
    for (const option of words.slice(at).filter(word => word.startsWith('--'))) expect(`${name}: ${said}`).toContain(`${option} `)
  }
})
