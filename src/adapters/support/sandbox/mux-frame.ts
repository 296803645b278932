/**
 * The frames that a plugin's process and the broker exchange on one channel, each for one of many connections: one byte of type, four of
 * the connection's number, three of the payload's length (big endian), the payload.
 */
export const FRAME_HEADER_BYTES = 8;

/** What a frame is about. */
export const FRAME = {
  /** From the child: connect; the payload is `host port`. From the host: it is connected; the payload is `address port`. */
  open: 1,
  data: 2,
  /** No more data comes from this side. */
  end: 3,
  /** So many bytes were used up and may be sent anew; four bytes. */
  window: 4,
  /** The connection is over. From the host with a payload, `CODE words`, when it failed. */
  reset: 5,
} as const;

/** One of the values of {@link FRAME}. */
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** The most that the payload of a frame holds. */
export const MAX_DATA_BYTES = 64 * 1024;
/** The most that the payload of any frame but `data` holds. */
export const MAX_CONTROL_BYTES = 600;
/** How many bytes may be on the way in one direction of one connection. */
export const WINDOW_BYTES = 512 * 1024;

/** The first bytes of a frame. */
export function frameHeader(type: FrameType, id: number, bytes: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(id, 1);
  header.writeUIntBE(bytes, 5, 3);
  return header;
}

/** A frame that is short enough to be copied. */
export function controlFrame(type: FrameType, id: number, payload = ''): Buffer {
  const bytes = Buffer.from(payload, 'utf8').subarray(0, MAX_CONTROL_BYTES);
  return Buffer.concat([frameHeader(type, id, bytes.byteLength), bytes]);
}

/** The frame that gives room for so many bytes. */
export function windowFrame(id: number, bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + 4);
  frameHeader(FRAME.window, id, 4).copy(frame);
  frame.writeUInt32BE(bytes, FRAME_HEADER_BYTES);
  return frame;
}
