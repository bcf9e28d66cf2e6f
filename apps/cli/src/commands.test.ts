import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addCommands } from './commands.ts'

async function namesOf(...args: string[]): Promise<string[]> {
  const program = new Command('hufu').option('--home <folder>').option('--json')
  await addCommands(program, args)
  return program.commands.map(command => command.name())
}

test('only the command that is called is loaded, whatever stands before it', async () => {
  const all = await namesOf()
  expect(all).toContain('verify-proof')
  for (const name of all) {
    expect(await namesOf(name, 'show', '--as', 'bank')).toEqual([name])
    expect(await namesOf('--home', 'pilot', '--json', name)).toEqual([name])
  }
})

test('all are loaded for the help, and for what is none of them', async () => {
  const all = await namesOf()
  for (const args of [['--help'], ['help', 'zk'], ['nothing'], ['constructor'], ['--home', 'zk']])
    expect(await namesOf(...args)).toEqual(all)
})
