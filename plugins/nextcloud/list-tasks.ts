import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { attempt, instantOf, type Moment, momentOf, readCalendarFile, textOf } from './calendar-file.js';
import { chosenCollection, collectionsFor } from './dav-collection.js';
import { queryObjects, type StoredObject } from './dav-objects.js';
import { davServer } from './dav-server.js';
import { callZone } from './list-events.js';
import { dayText, givenInstant, parseTime, wallText } from './local-time.js';
import { objectId } from './object-id.js';
import type { Zone } from './time-zone.js';
import { wordMatcher } from './word-matcher.js';

/** What `tasks` takes. */
export interface TasksArguments {
  readonly calendar?: string;
  readonly query?: string;
  readonly done?: boolean;
  readonly dueBefore?: string;
  readonly limit?: number;
  readonly account?: string;
}

interface Task {
  readonly object: StoredObject;
  readonly title: string;
  readonly description: string;
  readonly due?: Moment;
  /** 1 is the highest, 9 the lowest, 0 none. */
  readonly priority: number;
  readonly status: string;
  readonly percent?: number;
}

/** Lists tasks, the most urgent first. */
export async function listTasks(args: TasksArguments, context: PluginContext): Promise<ToolAnswer> {
  const server = await davServer(args.account, context);
  const home = callZone(undefined, server);
  const lists =
    args.calendar === undefined
      ? collectionsFor('tasks', server.collections)
      : [chosenCollection(args.calendar, 'tasks', server.collections)];
  const before = args.dueBefore === undefined ? undefined : givenInstant(parseTime(args.dueBefore, 'dueBefore'), home);
  const matches = wordMatcher(args.query);
  const tasks: Task[] = [];
  for (const list of lists) {
    for (const object of await queryObjects(server, list, TASKS)) tasks.push(...tasksIn(object));
  }
  const matching = tasks
    .filter(({ status }) => args.done === true || (status !== 'completed' && status !== 'cancelled'))
    .filter(({ due }) => before === undefined || (due !== undefined && instantOf(due, home) < before))
    .filter(({ title, description }) => matches(`${title}\n${description}`))
    .toSorted(
      (left, right) => urgency(left, home) - urgency(right, home) || rank(left) - rank(right) || left.title.localeCompare(right.title),
    );
  const shown = matching.slice(0, args.limit ?? 100);
  const count = matching.length === 1 ? '1 task' : `${matching.length} tasks`;
  return {
    text: [
      `${count} on ${server.account.url.host}${shown.length < matching.length ? `, the first ${shown.length}` : ''}:`,
      ...shown.map((task) => `${taskLine(task, home)}\n  id ${objectId(server, task.object)}`),
    ].join('\n'),
    data: {
      account: server.account.name,
      total: matching.length,
      tasks: shown.map(({ object, title, description, due, priority, status, percent }) => ({
        id: objectId(server, object),
        list: object.collection.id,
        title,
        ...(description === '' ? {} : { description }),
        ...(due === undefined ? {} : { due: due.date ? wallText(due.wall, true) : new Date(instantOf(due, home)).toISOString() }),
        priority,
        status,
        ...(percent === undefined ? {} : { percent }),
        ...(object.etag === undefined ? {} : { etag: object.etag }),
      })),
    },
    source: server.account.url.host,
  };
}

const TASKS = { 'comp-filter': { _attributes: { name: 'VCALENDAR' }, 'comp-filter': { _attributes: { name: 'VTODO' } } } };

function tasksIn(object: StoredObject): readonly Task[] {
  const file = readCalendarFile(object.text, 'vtodo');
  return (file?.components ?? []).flatMap((component) => {
    if (file === undefined || component.hasProperty('recurrence-id')) return [];
    const due = momentOf(component.getFirstProperty('due'), file.zones);
    const percent = Number(attempt(() => component.getFirstPropertyValue('percent-complete')) ?? Number.NaN);
    const status = textOf(component, 'status').toLowerCase() || (component.hasProperty('completed') ? 'completed' : 'needs-action');
    return [
      {
        object,
        title: textOf(component, 'summary').trim() || '(no title)',
        description: textOf(component, 'description').trim(),
        priority: Number(attempt(() => component.getFirstPropertyValue('priority')) ?? 0) || 0,
        status,
        ...(due === undefined ? {} : { due }),
        ...(Number.isFinite(percent) ? { percent } : {}),
      },
    ];
  });
}

function urgency({ due }: Task, home: Zone): number {
  return due === undefined ? Number.MAX_SAFE_INTEGER : instantOf(due, home);
}

function rank({ priority }: Task): number {
  return priority === 0 ? 10 : priority;
}

function taskLine({ object, title, description, due, priority, status, percent }: Task, home: Zone): string {
  const time =
    due === undefined
      ? undefined
      : due.date
        ? dayText(due.wall)
        : `${dayText(home.wallOf(instantOf(due, home)))} ${wallText(home.wallOf(instantOf(due, home))).slice(11)}`;
  const facts = [
    object.collection.name,
    ...(priority === 0 ? [] : [`priority ${priority}`]),
    ...(status === 'needs-action' ? [] : [status]),
    ...(percent === undefined || percent === 0 ? [] : [`${percent} %`]),
  ];
  const about = description === '' ? '' : `\n  text: ${description.replace(/\s+/g, ' ').slice(0, 300).toWellFormed()}`;
  return `${time === undefined ? 'no date' : `due ${time}`}  ${title.replace(/\s+/g, ' ').slice(0, 200).toWellFormed()} [${facts.join(', ')}]${about}`;
}
