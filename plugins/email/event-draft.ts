/** An event as a calendar tool takes it: nothing of it is put into a calendar here. */
export interface EventDraft {
  readonly title: string;
  /** `2026-03-10` for a whole day, `2026-03-10T10:00` in the time zone of the draft, or with an offset or `Z`. */
  readonly start: string;
  /** As the start; of a whole day it is the last one. */
  readonly end: string;
  readonly timezone?: string;
  readonly allDay?: true;
  readonly location?: string;
  readonly description?: string;
  /** How it repeats, as the value of an RRULE (RFC 5545). */
  readonly recurrence?: string;
}

/** A draft, and where it comes from. */
export interface FoundEvent {
  readonly event: EventDraft;
  readonly kind: 'invitation' | 'cancellation' | 'text';
  /** The sentence that it was read from, or who invites. */
  readonly sentence: string;
}
