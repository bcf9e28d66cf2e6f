import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A Go module that is compiled into a program. */
export interface ShippedModule {
  readonly path: string
  readonly version: string
  /** As go.sum has it, `h1:…`; undefined for our patched copies. */
  readonly sum: string | undefined
  readonly license: string
}

/** The modules inside a program, by what its compiler wrote into it. The licences are read from the module cache. */
export function shippedModules(program: string): readonly ShippedModule[] {
  const cache = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim()
  return parseModules(execFileSync('go', ['version', '-m', program], { encoding: 'utf8' })).map(module => ({
    ...module,
    license: licenseOf(join(cache, `${escapePath(module.path)}@${module.version}`)),
  }))
}

/** @param text - what `go version -m` says */
export function parseModules(text: string): readonly Omit<ShippedModule, 'license'>[] {
  return text.split('\n').flatMap(line => {
    const [, kind, path, version, sum] = line.split('\t')
    if ((kind !== 'mod' && kind !== 'dep') || path === undefined || version === undefined || version === '(devel)') return []
    return [{ path, version, sum: sum === undefined || sum === '' ? undefined : sum }]
  })
}

/** Capital letters are written with an exclamation mark, for file systems that do not tell them apart. */
function escapePath(path: string): string {
  return path.replace(/[A-Z]/g, letter => `!${letter.toLowerCase()}`)
}

/** From the most particular words to the least: Mozilla's names the others as ones that it goes with. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/Mozilla Public License,? (Version|v\.?) ?2\.0/i, 'MPL-2.0'],
  [/GNU AFFERO GENERAL PUBLIC LICENSE/i, 'AGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE/i, 'LGPL-3.0'],
  [/GNU GENERAL PUBLIC LICENSE/i, 'GPL-3.0'],
  [/Apache License\s+Version 2\.0/i, 'Apache-2.0'],
  [/Permission to use, copy, modify, and(\/or)? distribute this software/i, 'ISC'],
  [/Permission is hereby granted, free of charge/i, 'MIT'],
  [/Neither the name of|names? of (its|the) contributors/i, 'BSD-3-Clause'],
  [/Redistribution and use in source and binary forms/i, 'BSD-2-Clause'],
]

function licenseOf(folder: string): string {
  if (!existsSync(folder)) return 'not in the module cache'
  const file = readdirSync(folder).find(name => /^(licen[sc]e|copying)/i.test(name))
  return file === undefined ? 'no licence file' : recognise(readFileSync(join(folder, file), 'utf8'))
}

/** The licence that a text is, by words that only it has. A text that nobody knows is said to be that, and then refused. */
export function recognise(text: string): string {
  return texts.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown text'
}
