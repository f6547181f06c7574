// Asking while it is being drawn: often enough to follow the pen, never faster than answers come.

const PAUSE_MS = 30;

/**
 * While the drawing changes, one question is out at a time, and the next goes out after its answer: a slow
 * service is asked less often. A settled drawing is asked for at once, and what was out is dropped.
 */
export class Live {
  #ask;
  #failed;
  #control = null;
  #timer = null;
  #stale = false;

  /**
   * @param ask `(signal, settled)`: asks and shows the answer, unless the signal says that it is stale.
   * @param failed `(problem)`: what is done where that could not be.
   */
  constructor(ask, failed) {
    this.#ask = ask;
    this.#failed = failed;
  }

  changed() {
    this.#stale = true;
    if (this.#control === null) this.#timer ??= setTimeout(() => this.#start(false), PAUSE_MS);
  }

  settled() {
    this.drop();
    this.#start(true);
  }

  /** Forgets what is out. */
  drop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#stale = false;
    this.#control?.abort();
    this.#control = null;
  }

  async #start(settled) {
    this.#timer = null;
    this.#stale = false;
    const control = new AbortController();
    this.#control = control;
    try {
      await this.#ask(control.signal, settled);
    } catch (problem) {
      if (control.signal.aborted) return;
      this.#stale = false; // what failed once is asked again when the stroke has ended, or by hand
      this.#failed(problem);
    }
    if (control.signal.aborted) return;
    this.#control = null;
    if (this.#stale) this.changed();
  }
}
