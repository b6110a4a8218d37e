/** For what changes something: Gmail's page, or another extension in it, cannot press our buttons. */
export function whenTrusted<E extends Event>(run: (event: E) => void): (event: E) => void {
  return (event) => {
    if (event.isTrusted) run(event);
  };
}
