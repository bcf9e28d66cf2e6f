export { circuitFile, developmentKeyFile, developmentVerifyingKeyFile } from './circuit-files.ts'
export { exampleInputs } from './example-inputs.ts'
export { writeWtns } from './write-wtns.ts'
