/** Media for the socket: the length of a header, the header, the media. */
export function binaryMessage(header: object, media: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const message = new Uint8Array(4 + head.length + media.length);
  new DataView(message.buffer).setUint32(0, head.length, true);
  message.set(head, 4);
  message.set(media, 4 + head.length);
  return message;
}
