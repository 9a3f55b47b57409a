// An error is about what was typed when it was said. Once something else is typed it is looked at again, so that nobody
// reads that a right value is wrong.
import { untrack } from 'svelte';

interface About<Value> {
  /** What was said of the value, by the form or the server. */
  said(): string | undefined;
  value(): Value;
  /** What is wrong with a value, for forms that know; without it only the next try tells. */
  check?(value: Value): string | undefined;
}

export class StandingError<Value> {
  private readonly about: About<Value>;
  private was = $state.raw<Value>();

  constructor(about: About<Value>) {
    this.about = about;
    $effect.pre(() => {
      if (about.said()) this.was = untrack(about.value);
    });
  }

  get text(): string | undefined {
    const said = this.about.said();
    if (!said) return undefined;
    const value = this.about.value();
    return value === this.was ? said : this.about.check?.(value);
  }
}
