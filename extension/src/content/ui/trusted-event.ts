/** For actions that change something: scripts of the page and other extensions cannot press our buttons. */
export function whenTrusted<E extends Event>(run: (event: E) => void): (event: E) => void {
  return (event) => {
    if (event.isTrusted) run(event);
  };
}
