/** What is used of snarkjs 0.7.6, which has no types of its own. */
declare module 'snarkjs' {
  export const wtns: {
    check(r1csFile: string, witnessFile: string, log: { info(message: string): void; warn(message: string): void }): Promise<boolean>
  }
}
