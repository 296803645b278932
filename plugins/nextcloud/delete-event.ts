import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { instantOf, momentOf } from './calendar-file.js';
import { eventText, mainComponent, markChanged, occurrenceOf, timesOf, writtenFile } from './edited-event.js';
import { type ChangeArguments, type EventBefore, type EventChange, makeChange, previewChange } from './event-change.js';
import { momentProperty } from './event-fields.js';
import { eventView } from './event-view.js';

/** What `event_delete` takes. */
export interface DeleteEventArguments extends ChangeArguments {
  readonly instance?: string;
}

/** Deletes an event, or one occurrence of it. */
export function deleteEvent(args: DeleteEventArguments, context: PluginContext): Promise<ToolAnswer> {
  return makeChange('delete', args, context, planDelete);
}

/** Shows the event that would go. */
export function previewDeleteEvent(args: DeleteEventArguments, context: PluginContext): Promise<string> {
  return previewChange('delete', args, context, planDelete);
}

function planDelete(event: EventBefore, { instance }: DeleteEventArguments): EventChange {
  const { file, home, object } = event;
  const main = mainComponent(file);
  // An invitation to one occurrence is all that there is of its event.
  const isSeries = !main.hasProperty('recurrence-id');
  if (instance !== undefined && (isSeries || file.components.length > 1)) return planInstance(event, instance);
  const title = JSON.stringify(eventView(main).title);
  const all = main.hasProperty('rrule') || file.components.length > 1 ? ' with all occurrences' : '';
  return {
    change: 'delete',
    text: undefined,
    preview: `deletes this event${all} from ${object.collection.name}:\n\n${eventText(main, timesOf(main, file, home))}`,
    done: `the event ${title} was deleted`,
  };
}

function planInstance({ file, home, object }: EventBefore, instance: string): EventChange {
  const main = mainComponent(file);
  const occurrence = occurrenceOf(file, instance, home);
  const replaced = occurrence.instance ?? occurrence.from;
  const preview = eventText(occurrence.component, { from: occurrence.from, until: occurrence.until });
  const { title } = eventView(occurrence.component);
  for (const component of file.components) {
    const own = momentOf(component.getFirstProperty('recurrence-id'), file.zones);
    if (own !== undefined && instantOf(own, home) === instantOf(replaced, home)) file.root.removeSubcomponent(component);
  }
  if (!main.hasProperty('recurrence-id')) {
    main.addProperty(momentProperty('exdate', replaced));
    markChanged(main, Date.now());
  }
  return {
    change: 'delete',
    text: writtenFile(file.root, [], replaced.wall),
    preview: `deletes one occurrence from ${object.collection.name}, the others stay:\n\n${preview}`,
    done: `the occurrence ${instance} of ${JSON.stringify(title)} was deleted`,
  };
}
