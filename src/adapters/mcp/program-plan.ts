import { realpath } from 'node:fs/promises';
import type { EgressRule } from '../support/sandbox/egress-rules.js';
import { type ForeignProgram, loaderVariables, shownOfSystem } from '../support/sandbox/foreign-command.js';
import { contains, type FolderPlaces, protectedFolder } from '../support/sandbox/granted-folder.js';
import { argumentFault, argumentLinks, scriptFault } from './program-arguments.js';
import { programEgress } from './program-egress.js';
import { programEnvironment } from './program-environment.js';
import { dataFolderOf, programFolders } from './program-folders.js';
import { programPlaces } from './program-places.js';
import type { ServerLaunch } from './starts-servers.js';

/** Everything that a program is started with, and where it may connect to. */
export interface ProgramPlan {
  readonly program: ForeignProgram;
  readonly rules: readonly EgressRule[];
}

/** What a plan is made for. */
export interface PlanPlaces extends FolderPlaces {
  /** Where Pyra itself lies, as it really is. */
  readonly pyra: readonly string[];
  /** Whether the program is kept in; else it sees everything. */
  readonly kept: boolean;
}

/** Finds what a program is to be started with; a sentence when something is wrong with it that the person can mend. */
export async function programPlan({ name, program, env: own }: ServerLaunch, places: PlanPlaces): Promise<ProgramPlan | string> {
  const { home, person, pyra, kept } = places;
  const { command, args } = program;
  const rules = programEgress(program.net);
  if (typeof rules === 'string') return rules;
  const data = await dataFolderOf(home, name);
  if (typeof data === 'string') return data;
  const { folder } = data;
  const folders = await programFolders(folder, program, { home, person }, pyra);
  if (typeof folders === 'string') return folders;
  const granted = [folder, ...folders.granted.map(({ real }) => real)];
  const shown = await Promise.all(shownOfSystem().map((path) => realpath(path)));
  const hidden = await hiddenFolders(places, shown);
  const within = (outer: readonly string[], real: string): boolean => outer.some((place) => contains(place, real));
  const isOpen = (real: string): boolean => !kept || within(granted, real) || (within(shown, real) && !within(hidden, real));
  const writable = [folder, ...folders.granted.flatMap(({ real, writable }) => (writable ? [real] : []))];
  const made = await programPlaces(command, { home: await realpath(home), person, granted: kept ? granted : ['/'], writable, isOpen });
  if (typeof made === 'string') return made;
  const sees = (real: string): boolean => isOpen(real) || within(made.mounts, real);
  const fault = scriptFault(command, args, folder) ?? (kept ? argumentFault(command, args, { sees, folder, person }) : undefined);
  if (fault !== undefined) return fault;
  const env = programEnvironment(own, folder, made.path);
  const [acting] = kept ? loaderVariables(env) : [];
  if (acting !== undefined) return `the variable ${acting} would act on what keeps it in, and cannot be given to it`;
  const mounts = [
    ...made.mounts.filter((real) => !isOpen(real)).map((real) => ({ real, writable: false })),
    ...folders.granted,
    { real: folder, writable: true },
  ];
  const links = [...folders.links, ...made.links, ...(await argumentLinks(args))];
  return { rules, program: { command: [command, ...args], env, folder, mounts, links, hidden } };
}

/** Of Pyra's home and the person's, those that lie where the system is shown. */
async function hiddenFolders({ home, person }: FolderPlaces, shown: readonly string[]): Promise<readonly string[]> {
  const own = await realpath(person).catch(() => person);
  // Users of the system's own have a folder of programs for theirs, such as `/usr/sbin`.
  const ofPerson = own.split('/').length > 3 ? [own] : [];
  return [await protectedFolder(home), ...ofPerson].filter((folder) => shown.some((place) => place !== folder && contains(place, folder)));
}
