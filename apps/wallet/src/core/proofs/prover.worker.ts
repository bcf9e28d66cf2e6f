// The script of a prover's worker: all of it.
import { serveProver } from '@hufu/proofs/prover-worker'

serveProver(self)
