// Imports run one way (docs/architecture.md): each layer may import itself and those named after it.
const layers = {
  primitives: [],
  keys: ['primitives'],
  ledger: ['keys', 'primitives'],
  bindings: ['ledger', 'keys', 'primitives'],
  did: ['bindings', 'ledger', 'keys', 'primitives'],
  trust: ['bindings', 'ledger', 'keys', 'primitives'],
  council: ['trust', 'bindings', 'ledger', 'keys', 'primitives'],
  credentials: ['bindings', 'ledger', 'keys', 'primitives'],
  proofs: ['bindings', 'ledger', 'keys', 'primitives'],
  records: ['trust', 'bindings', 'ledger', 'keys', 'primitives'],
  exchange: ['credentials', 'proofs', 'trust', 'did', 'bindings', 'ledger', 'keys', 'primitives'],
  files: ['ledger', 'keys', 'primitives'],
  service: ['files', 'credentials', 'proofs', 'trust', 'did', 'bindings', 'ledger', 'keys', 'primitives'],
  // Its tests take a clock from testkit, which knows nothing of it.
  staff: ['testkit', 'service', 'files', 'credentials', 'proofs', 'trust', 'did', 'bindings', 'ledger', 'keys', 'primitives'],
  chains: ['trust', 'did', 'bindings', 'ledger', 'keys', 'primitives'],
  pcn: ['chains', 'trust', 'did', 'bindings', 'ledger', 'keys', 'primitives'],
  satp: ['chains', 'credentials', 'trust', 'did', 'bindings', 'ledger', 'keys', 'primitives'],
  look: [],
  testkit: ['council', 'trust', 'files', 'bindings', 'ledger', 'keys', 'primitives'],
}

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(layers).map(([name, allowed]) => ({
      name: `${name}-imports-only-what-is-below`,
      severity: 'error',
      // Tests on a real network get it from testkit, which itself is built on what they test; those of BSN's forms get its stand-in there.
      from: { path: `^packages/${name}/`, pathNot: '\\.chain\\.test\\.ts$|/bsn/[^/]+\\.test\\.ts$' },
      to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
    })),
    { name: 'no-app-imports-an-app', severity: 'error', from: { path: '^apps/([^/]+)/' }, to: { path: '^apps/', pathNot: '^apps/$1/' } },
    { name: 'packages-import-no-app', severity: 'error', from: { path: '^packages/' }, to: { path: '^(apps|tests|bench)/' } },
    { name: 'only-testkit-starts-networks', severity: 'error', from: { path: '^packages/(?!testkit/)' }, to: { path: '^network/' } },
    {
      name: 'one-door-per-package',
      severity: 'error',
      from: { path: '^(packages/[^/]+|apps/[^/]+|network|bench|tests|samples)/' },
      // An auditor's browser replays logs as servers do, without the rest of service. Fabric's client is for servers only, and EVM chains bring codecs of their own. The Chinese suite is loaded only where a partner asks for it. The prover's two further doors let a worker, and whoever only proves, load less. The simulation has its titles on the stand-in chain of SATP's tests, and who spends nullifiers by the hundred has keys whose secrets are known from those of the proofs. What a foreign library needs for tests is in two places' tests. Styles are no module.
      to: {
        path: '^packages/[^/]+/src/(?!index\\.ts$)',
        pathNot:
          '^$1/|^packages/proofs/src/prover/(serve-)?prover\\.ts$|^packages/proofs/src/groth16/toy-setup-fixture\\.ts$|^packages/exchange/src/interop/foreign-callbacks\\.ts$|^packages/look/src/look\\.css$|^packages/service/src/check-audit-log\\.ts$|^packages/chains/src/(fabric/client|evm|titles)/index\\.ts$|^packages/keys/src/sm[24]/index\\.ts$|^packages/satp/src/fixture/index\\.ts$',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/pages/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
