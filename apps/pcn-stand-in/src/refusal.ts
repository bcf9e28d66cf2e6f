/** What the stand-in does not do; the text goes to the client as the answer's `msg`. */
export class Refusal extends Error {}
