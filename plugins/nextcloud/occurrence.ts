import type ICAL from 'ical.js';
import type { Moment } from './calendar-file.js';

/** One time at which an event takes place. */
export interface Occurrence {
  /** The component that says what it is: the event itself, or an exception of it. */
  readonly component: ICAL.Component;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds since 1970; not before `start`. */
  readonly end: number;
  /** Whether it takes whole days. */
  readonly allDay: boolean;
  /** Where it is said in which zone; its wall times are those of this occurrence. */
  readonly from: Moment;
  readonly until: Moment;
  /** Which one it is of a recurring event: its RECURRENCE-ID. Absent when the event does not recur. */
  readonly instance?: Moment;
  /** Whether it is an exception that has its own component. */
  readonly isException: boolean;
}
