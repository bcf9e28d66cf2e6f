import { sc, tx, wallet, u } from '@cityofzion/neon-core'
const acct = new wallet.Account('11'.repeat(32))
const self = () => { const c = process.cpuUsage(); return (c.user + c.system) / 1000 }
const N = 500
function one(i) {
  const script = sc.createScript({ scriptHash: 'd2a4cff31913016155e38e474a2c06d08be276cf', operation: 'transfer', args: [sc.ContractParam.hash160(acct.address), sc.ContractParam.hash160(acct.address), sc.ContractParam.integer(i), sc.ContractParam.any(null)] })
  const t = new tx.Transaction({ signers: [{ account: acct.scriptHash, scopes: tx.WitnessScope.CalledByEntry }], validUntilBlock: 100, script, systemFee: u.BigInteger.fromNumber(1), networkFee: u.BigInteger.fromNumber(1) })
  t.sign(acct, 5)
  return t.serialize(true)
}
for (let i = 0; i < 50; i++) one(i)
for (let r = 0; r < 3; r++) { const s = self(), w = performance.now(); for (let i = 0; i < N; i++) one(i); console.log('neon cpu', ((self() - s) / N * 1000).toFixed(0), 'us', 'wall', ((performance.now() - w) / N * 1000).toFixed(0)) }
