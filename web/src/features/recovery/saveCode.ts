/** Offers a text file for saving. `name` without its ending. */
export function saveCode(name: string, lines: readonly string[]): void {
  const file = new Blob([lines.join("\r\n"), "\r\n"], { type: "text/plain;charset=utf-8" });
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.txt`;
  link.click();
  // The browser has begun to read by then; a minute is for the slowest.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
