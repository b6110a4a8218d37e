/** The page does not name its theme: the nearest painted background shows whether it is dark. */
export function themeOf(from: Element): "dark" | "light" {
  for (let at: Element | null = from; at; at = at.parentElement) {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (
      getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []
    ).map(Number);
    if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  }
  return "light";
}
