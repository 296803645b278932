import type { ApprovalRequest, ArgumentOrigin } from '../../core/domain/approval.js';
import { canonicalJson, type JsonValue } from '../../core/domain/json.js';
import { visible } from '../../core/domain/untrusted.js';
import { hardWrap } from '../support/terminal/hard-wrap.js';
import type { Paint } from '../support/terminal/paint.js';

/** How wide and how coloured a card is. */
export interface CardStyle {
  readonly paint: Paint;
  readonly columns: number;
}

const BAR = '│ ';

/**
 * The card of a call as rows that each fit the terminal, the question with its keys apart. Nothing is cut, and every text that is not
 * Pyra's own is shown with its control, bidi and invisible characters escaped; no row of an argument can look like a row of the card.
 */
export function cardRows(request: ApprovalRequest, style: CardStyle): readonly string[] {
  const { paint } = style;
  const alarming = request.arguments.some((argument) => argument.seenIn === 'external');
  const frame = alarming ? paint.red : paint.yellow;
  const rows = new Rows(style, frame);
  const name = visibleLine(request.call.tool);
  rows.add(`${name} (${visibleLine(request.provider)}) wants to run`, (text) => paint.bold(frame(text)));
  rows.add(visibleLine(request.summary));
  rows.gap();
  for (const argument of allArguments(request)) addArgument(rows, argument, paint);
  if (allArguments(request).length === 0) rows.add('no arguments', paint.dim);
  if (request.preview !== undefined) {
    rows.gap();
    rows.add(`what ${visibleLine(request.provider)} says it will do:`, paint.dim);
    rows.block(visible(request.preview), '    ');
  }
  rows.gap();
  for (const caution of request.definition.cautions ?? []) rows.add(`beware: ${visibleLine(caution)}`, paint.red);
  for (const reason of request.reasons) rows.add(`asked because ${visibleLine(reason)}`);
  if (request.taintedBy.length > 0) {
    rows.add(`asked because this conversation has read: ${request.taintedBy.map(visibleLine).join(', ')}`, paint.yellow);
  }
  rows.add(leaving(request), request.definition.effect === 'destructive' ? paint.red : undefined);
  if (alarming) rows.add('red: the value occurs in text from elsewhere and not in your words', paint.red);
  for (const finding of request.findings) rows.add(`finding: ${visibleLine(finding.message)} (${visibleLine(finding.label)})`, paint.red);
  return rows.all;
}

/** What `?` shows besides: the exact call as JSON, what it is declared to be, and where it came from. */
export function cardDetails(request: ApprovalRequest, style: CardStyle): readonly string[] {
  const { paint } = style;
  const rows = new Rows(style, paint.dim);
  const { definition } = request;
  if (definition.describedBy === undefined) rows.add(`tool: ${visibleLine(definition.name)}: ${visibleLine(definition.description)}`);
  else {
    rows.add(`tool: ${visibleLine(definition.name)}; what ${visibleLine(definition.describedBy)} says of it, which nobody checked:`);
    rows.block(visible(definition.description), '  ');
  }
  rows.add(`declared effect: ${definition.effect}; destinations: ${definition.destinations.map(visibleLine).join(', ') || 'none'}`);
  rows.add(`asked by: ${request.origin.kind}; conversation ${visibleLine(request.conversation)}; call ${visibleLine(request.call.id)}`);
  rows.add(`digest of exactly this call: ${request.digest}`);
  rows.add(
    request.grantable
      ? 's allows the same tool with the same destinations until the conversation ends'
      : 's is not offered: this call can only be allowed once',
  );
  rows.add('the call as JSON:');
  rows.block(visible(JSON.stringify(request.call.args, null, 2)), '  ');
  return rows.all;
}

/** The question under the card. */
export function cardQuestion(request: ApprovalRequest, paint: Paint): string {
  const key = (letter: string, label: string): string => `${paint.bold(`[${letter}]`)} ${label}`;
  const keys = [key('y', 'once'), ...(request.grantable ? [key('s', 'this conversation')] : [])];
  return [...keys, key('n', 'no'), key('r', 'no, because…'), key('e', 'edit'), key('?', 'details')].join('  ');
}

/** A foreign text as one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

class Rows {
  readonly all: string[] = [];
  readonly #width: number;
  readonly #bar: string;

  constructor(style: CardStyle, frame: (text: string) => string) {
    this.#width = Math.max(10, style.columns - BAR.length - 1);
    this.#bar = frame(BAR);
  }

  add(text: string, color: (text: string) => string = (same) => same): void {
    for (const row of hardWrap(text, this.#width)) this.all.push(this.#bar + color(row));
  }

  /** A text of several lines, every row of it indented. */
  block(text: string, indent: string, color: (text: string) => string = (same) => same): void {
    for (const row of hardWrap(text, this.#width - indent.length)) this.all.push(this.#bar + indent + color(row));
  }

  gap(): void {
    this.all.push(this.#bar.trimEnd());
  }
}

/** The arguments with their origin, and whatever of the call no origin was given for. */
function allArguments(request: ApprovalRequest): readonly ArgumentOrigin[] {
  const named = new Set(request.arguments.map(({ path }) => path.split('.')[0]));
  const rest = Object.entries(request.call.args)
    .filter(([name]) => !named.has(name) && !request.arguments.some(({ path }) => path === name))
    .map(
      ([path, value]): ArgumentOrigin => ({ path, value, seenIn: 'model', destination: request.definition.destinations.includes(path) }),
    );
  return [...request.arguments, ...rest];
}

function addArgument(rows: Rows, argument: ArgumentOrigin, paint: Paint): void {
  const external = argument.seenIn === 'external';
  const color = external ? paint.red : undefined;
  const marks = [argument.destination ? 'where it goes' : '', provenance(argument)].filter((mark) => mark !== '').join('; ');
  const value = shown(argument.value);
  const label = `${visibleLine(argument.path)}  (${marks})`;
  rows.add(label, external ? paint.red : paint.dim);
  rows.block(value === '' ? '(empty text)' : value, '    ', color);
}

function provenance(argument: ArgumentOrigin): string {
  if (argument.seenIn === 'own') return 'in your own words';
  if (argument.seenIn === 'model') return 'written by the model';
  return `from ${argument.source === undefined ? 'external text' : visibleLine(argument.source)}, not in your words`;
}

function shown(value: JsonValue): string {
  return visible(typeof value === 'string' ? value : canonicalJson(value));
}

function leaving(request: ApprovalRequest): string {
  const places = allArguments(request)
    .filter(({ destination }) => destination)
    .map(({ path, value }) => `${visibleLine(typeof value === 'string' ? value : canonicalJson(value))} (${visibleLine(path)})`)
    .join(', ');
  switch (request.definition.effect) {
    case 'egress':
      return `leaves this machine: all of the above${places === '' ? '' : `, to ${places}`}`;
    case 'destructive':
      return `may remove or change what cannot be brought back${places === '' ? '' : `; goes to ${places}`}`;
    case 'write':
      return places === '' ? 'writes; by its declaration nothing leaves for a place that you did not configure' : `writes, to ${places}`;
    default:
      return places === '' ? 'reads; by its declaration nothing leaves for a place that you did not configure' : `reads, from ${places}`;
  }
}
