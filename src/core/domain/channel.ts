/** A kind of messaging channel, such as `telegram`. */
export type ChannelKind = string;

/** Where a channel's messages go: one chat, room or group. */
export interface Address {
  readonly channel: ChannelKind;
  readonly chat: string;
}

/** Who wrote a message, taken from the channel's own fields, never from its text. */
export interface Sender {
  readonly channel: ChannelKind;
  readonly id: string;
  readonly name?: string;
}
