import { AsyncLocalStorage } from 'node:async_hooks';

/** What ends sooner nobody needs to be told of. */
const SHORT_MILLISECONDS = 1000;

type Listener = (waitsFor: string) => void;

interface Waits {
  /** The first one of those that go on side by side is what a step waits for. */
  readonly texts: Map<symbol, string>;
  readonly show: Listener;
}

const current = new AsyncLocalStorage<Waits>();

/** Runs `action` as a step; `show` is told what it waits for, each time that this is something else. */
export function asStep<T>(show: Listener, action: () => Promise<T>): Promise<T> {
  let shown = '';
  const tell: Listener = (text) => {
    if (text !== shown) show((shown = text));
  };
  return current.run({ texts: new Map(), show: tell }, action);
}

/** A wait of the step that runs here, if one does. */
export interface Wait extends Disposable {
  /** What there is to see of it now; the first line is what it waits for. */
  sees(diagnostics: string): void;
}

export function beginWait(what: string): Wait {
  const waits = current.getStore();
  const start = performance.now();
  const key = Symbol(what);
  return {
    sees(diagnostics) {
      if (waits === undefined || performance.now() - start < SHORT_MILLISECONDS) return;
      waits.texts.set(key, diagnostics.trimStart().split('\n', 1)[0] || what);
      const [first = what] = waits.texts.values();
      waits.show(first);
    },
    [Symbol.dispose]() {
      waits?.texts.delete(key);
    },
  };
}
