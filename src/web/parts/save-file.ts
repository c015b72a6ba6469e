/** A file that the person takes along. */

/** Some browsers read the file only after the click: its address stays for so long, in ms. */
const STAYS_MS = 10_000;

export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), STAYS_MS);
}
