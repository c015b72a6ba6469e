/** Files that are dragged over the page. Text may be dragged about as everywhere. */

/** Whether a drag brings files. */
export function bringsFiles({ dataTransfer }: { readonly dataTransfer: Pick<DataTransfer, "types"> | null }): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

/** A file that misses its place must not take the browser, and what is open here, away. */
export function keepPage(target: EventTarget): void {
  for (const name of ["dragover", "drop"]) {
    target.addEventListener(name, (event) => {
      if (bringsFiles(event as DragEvent)) event.preventDefault();
    });
  }
}
