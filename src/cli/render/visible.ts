/** Text of strangers on a terminal. */

/**
 * Control characters written out, such as `\u001b`: a file's name or a broken line that an error quotes must not colour,
 * move or rename the terminal of its reader.
 */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
