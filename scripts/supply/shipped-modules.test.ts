import { expect, test } from 'vitest'
import { parseModules, recognise } from './shipped-modules.ts'

test('reads the modules of a program, also those that are replaced by copies', () => {
  const text = [
    'bin/node: go1.26.8',
    '\tpath\texample.org/node/cli',
    '\tmod\texample.org/node\tv0.122.0\t',
    '\t=>\t../cache/node\t(devel)\t',
    '\tdep\texample.org/curves\tv0.19.2\th1:abc=',
    '\tbuild\t-compiler=gc',
    '',
  ].join('\n')
  expect(parseModules(text)).toEqual([
    { path: 'example.org/node', version: 'v0.122.0', sum: undefined },
    { path: 'example.org/curves', version: 'v0.19.2', sum: 'h1:abc=' },
  ])
})

test.each([
  ['                   GNU LESSER GENERAL PUBLIC LICENSE\n Version 3', 'LGPL-3.0'],
  ['GNU GENERAL PUBLIC LICENSE', 'GPL-3.0'],
  ['Mozilla Public License, version 2.0 … “Secondary License” means either the GNU General Public License', 'MPL-2.0'],
  ['Apache License\n                           Version 2.0, January 2004', 'Apache-2.0'],
  ['Permission is hereby granted, free of charge, to any person', 'MIT'],
  ['Redistribution and use in source and binary forms … Neither the name of', 'BSD-3-Clause'],
  ['Redistribution and use in source and binary forms', 'BSD-2-Clause'],
  ['All rights reserved.', 'unknown text'],
])('knows a licence by its words: %s', (text, license) => {
  expect(recognise(text)).toBe(license)
})
