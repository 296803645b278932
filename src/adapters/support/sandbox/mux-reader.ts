import { FRAME, FRAME_HEADER_BYTES, type FrameType, MAX_CONTROL_BYTES, MAX_DATA_BYTES } from './mux-frame.js';

/** What a reader tells its owner. */
export interface FrameSink {
  /** A frame that is no `data`, whole. */
  control(type: FrameType, id: number, payload: Buffer): void;
  /** A part of a `data` frame, as it came in. */
  data(id: number, part: Buffer): void;
}

/** Cuts a stream of bytes, as hostile as they may be, into frames. `data` is passed on without waiting for the whole frame, and without a copy. */
export class MuxReader {
  readonly #sink: FrameSink;
  /** The begun header or control frame. */
  #held: Buffer = Buffer.alloc(0);
  #dataId = 0;
  #dataLeft = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Takes the next bytes; throws a `RangeError` for what is no frame, after which nothing more may be given. */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.byteLength > 0) {
      if (this.#dataLeft > 0) {
        const part = rest.subarray(0, this.#dataLeft);
        this.#dataLeft -= part.byteLength;
        rest = rest.subarray(part.byteLength);
        this.#sink.data(this.#dataId, part);
      } else {
        const bytes = this.#held.byteLength === 0 ? rest : Buffer.concat([this.#held, rest]);
        rest = this.#frame(bytes);
      }
    }
  }

  /** Reads one header, and the payload of a control frame; gives what is left. */
  #frame(bytes: Buffer): Buffer {
    this.#held = bytes;
    if (bytes.byteLength < FRAME_HEADER_BYTES) return Buffer.alloc(0);
    const type = bytes.readUInt8(0);
    const id = bytes.readUInt32BE(1);
    const length = bytes.readUIntBE(5, 3);
    if (!isFrameType(type)) throw new RangeError('a frame of an unknown type');
    if (length > (type === FRAME.data ? MAX_DATA_BYTES : MAX_CONTROL_BYTES)) throw new RangeError('a frame that is too long');
    const after = bytes.subarray(FRAME_HEADER_BYTES);
    if (type === FRAME.data) {
      this.#dataId = id;
      this.#dataLeft = length;
    } else {
      if (after.byteLength < length) return Buffer.alloc(0);
      this.#sink.control(type, id, after.subarray(0, length));
    }
    this.#held = Buffer.alloc(0);
    return type === FRAME.data ? after : after.subarray(length);
  }
}

function isFrameType(type: number): type is FrameType {
  return type >= FRAME.open && type <= FRAME.reset;
}
