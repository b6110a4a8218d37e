/** One function for each message. */
export type Handlers<T> = {
  [K in keyof T]: T[K] extends { request: infer Q; reply: infer R } ? (request: Q) => Promise<R> : never;
};
