import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './shipped.ts'

/**
 * Copies what git knows of, as it is now, so that it can be built elsewhere: packages of others are linked to the installed ones, our own to their copies,
 * and neo-go, which compiles the contracts, to the one that is here.
 */
export function copySources(folder: string): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  for (const file of files.split('\0').filter(name => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  linkPackages(folder)
  mkdirSync(join(folder, 'network', 'bin'), { recursive: true })
  symlinkSync(join(root, 'network', 'bin', 'neo-go'), join(folder, 'network', 'bin', 'neo-go'))
}

function linkPackages(folder: string): void {
  const installed = join(root, 'node_modules')
  mkdirSync(join(folder, 'node_modules', '@hufu'), { recursive: true })
  for (const name of readdirSync(installed))
    if (name !== '@hufu' && name !== '.cache') symlinkSync(join(installed, name), join(folder, 'node_modules', name))
  for (const name of readdirSync(join(installed, '@hufu'))) {
    const workspace = relative(root, realpathSync(join(installed, '@hufu', name)))
    symlinkSync(join(folder, workspace), join(folder, 'node_modules', '@hufu', name))
  }
}
