/** Thrown when a calculation over foreign input has taken as many steps as it may. */
export class StepsUsedUp {}

/** Counts the steps of a calculation over foreign input, so that no input makes it long. */
export class StepBudget {
  #left: number;
  readonly #whole: StepBudget | undefined;

  /** `whole`: a budget for several calculations, of which this one takes its steps as well. */
  constructor(steps: number, whole?: StepBudget) {
    this.#left = steps;
    this.#whole = whole;
  }

  /** Takes a number of steps; throws {@link StepsUsedUp} when there are not so many left. */
  take(steps = 1): void {
    this.#whole?.take(steps);
    this.#left -= steps;
    if (this.#left < 0) throw new StepsUsedUp();
  }

  get left(): number {
    return this.#left;
  }
}
