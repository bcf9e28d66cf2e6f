export { ProofError, type ProofErrorCode } from './errors.ts'
export { hashToScalar, type Scalar, scalarFromBytes, scalarModulus, scalarToBytes } from './field/scalar-field.ts'
