import ICAL from 'ical.js';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { attempt, type Moment, momentOf, momentOfTime } from './calendar-file.js';
import { eventText, mainComponent, markChanged, occurrenceOf, timesOf, writtenFile } from './edited-event.js';
import { type ChangeArguments, type EventBefore, type EventChange, makeChange, previewChange } from './event-change.js';
import {
  type EventFields,
  type EventTimes,
  eventTimes,
  fits,
  momentProperty,
  parseRecurrence,
  setMoment,
  setTexts,
  setTimes,
} from './event-fields.js';
import { eventView } from './event-view.js';

/** What `event_update` takes. */
export interface UpdateArguments extends EventFields, ChangeArguments {
  readonly timezone?: string;
  readonly instance?: string;
}

/** Changes an event, or one occurrence of it. */
export function updateEvent(args: UpdateArguments, context: PluginContext): Promise<ToolAnswer> {
  return makeChange('update', args, context, planUpdate);
}

/** Shows an event as it is and as it would be. */
export function previewUpdate(args: UpdateArguments, context: PluginContext): Promise<string> {
  return previewChange('update', args, context, planUpdate);
}

const FIELDS = ['title', 'start', 'end', 'timezone', 'allDay', 'location', 'description', 'recurrence', 'status'] as const;

function planUpdate(event: EventBefore, args: UpdateArguments): EventChange {
  if (FIELDS.every((field) => args[field] === undefined)) throw new ToolFailure('nothing is to be changed: give what is to be different');
  const { file, home } = event;
  const main = mainComponent(file);
  const target = args.instance === undefined ? main : exceptionFor(event, args.instance);
  const before = timesOf(target, file, home);
  const textBefore = eventText(target, before);
  const retimed = [args.start, args.end, args.timezone, args.allDay].some((value) => value !== undefined);
  const after = retimed ? eventTimes(args, home, before) : before;
  if (retimed) setTimes(target, after);
  setTexts(target, args);
  if (args.instance === undefined) {
    setRecurrence(target, args.recurrence, after.from, event);
    if (retimed) shiftExceptions(event, before, after);
  } else if (args.recurrence !== undefined) throw new ToolFailure('one occurrence cannot repeat; leave out instance or recurrence');
  markChanged(target, Date.now());
  const text = writtenFile(file.root, [after.from.zone, after.until.zone], after.from.wall);
  const { title } = eventView(target);
  const what =
    args.instance === undefined ? `the event ${JSON.stringify(title)}` : `the occurrence ${args.instance} of ${JSON.stringify(title)}`;
  const all = args.instance === undefined && main.hasProperty('rrule') ? ', all occurrences' : '';
  return {
    change: 'update',
    text,
    preview: `changes ${what} in ${event.object.collection.name}${all}.\n\nbefore:\n${textBefore}\n\nafter:\n${eventText(target, after)}`,
    done: `${what} was changed`,
  };
}

/** The component that stands for one occurrence, made when there is none yet. */
function exceptionFor({ file, home }: EventBefore, instance: string): ICAL.Component {
  const occurrence = occurrenceOf(file, instance, home);
  if (occurrence.isException) return occurrence.component;
  const replaced = occurrence.instance ?? occurrence.from;
  const component = new ICAL.Component(structuredClone(occurrence.component.toJSON()));
  for (const name of ['rrule', 'rdate', 'exdate', 'exrule', 'recurrence-id']) component.removeAllProperties(name);
  setTimes(component, { from: occurrence.from, until: occurrence.until });
  setMoment(component, 'recurrence-id', replaced);
  file.root.addSubcomponent(component);
  return component;
}

function setRecurrence(component: ICAL.Component, recurrence: string | undefined, from: Moment, { home }: EventBefore): void {
  if (recurrence !== undefined) {
    component.removeAllProperties('rrule');
    if (recurrence.trim() !== '') component.addPropertyWithValue('rrule', parseRecurrence(recurrence, from, home));
    return;
  }
  const rule = attempt(() => component.getFirstPropertyValue('rrule'));
  if (rule instanceof ICAL.Recur && !fits(rule, from)) {
    throw new ToolFailure(
      `the new start is none of the days on which it repeats (${rule.toString()}); give recurrence too, or an instance`,
    );
  }
}

/** Moves what names occurrences by their times, exceptions and left out ones, by as much as the series was moved. */
function shiftExceptions({ file }: EventBefore, before: EventTimes, after: EventTimes): void {
  const moved = (moment: Moment): Moment => ({ ...after.from, wall: moment.wall + after.from.wall - before.from.wall });
  const main = mainComponent(file);
  for (const property of [...main.getAllProperties('exdate')]) {
    const moments = property
      .getValues()
      .flatMap((value: unknown) => (value instanceof ICAL.Time ? (momentOfTime(value, property, file.zones) ?? []) : []));
    main.removeProperty(property);
    for (const moment of moments) main.addProperty(momentProperty('exdate', moved(inZoneOf(moment, before.from))));
  }
  for (const component of file.components) {
    const replaced = momentOf(component.getFirstProperty('recurrence-id'), file.zones);
    if (component !== main && replaced !== undefined) setMoment(component, 'recurrence-id', moved(inZoneOf(replaced, before.from)));
  }
}

function inZoneOf(moment: Moment, other: Moment): Moment {
  if (moment.zone === undefined || other.zone === undefined || moment.zone.id === other.zone.id) return moment;
  return { ...other, wall: other.zone.wallOf(moment.zone.instantOf(moment.wall)) };
}
