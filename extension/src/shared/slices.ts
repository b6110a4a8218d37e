/** Long work in short slices, so that the page stays responsive. */

/** Far below the 50 ms after which a browser calls a task long, since a step may take longer than the last one. */
const SLICE_MS = 12;

/** Runs the steps; pauses between two of them when a slice is over. Work within one slice never waits. */
export async function inSlices<T>(work: Generator<void, T>): Promise<T> {
  let end = performance.now() + SLICE_MS;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < end) continue;
    await pause();
    end = performance.now() + SLICE_MS;
  }
}

/** Runs all steps at once. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Lets the browser handle what is waiting. Unlike a timer it is not delayed by the browser. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
