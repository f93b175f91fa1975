import { isCi } from '../cli/boolean.ts';
import {
  githubRenderer,
  jsonRenderer,
  lineRenderer,
  type Renderer,
  type Streams,
} from './renderer.ts';

export interface RendererOptions {
  /** Whether events go to standard output as JSON. */
  readonly json: boolean;
  /** Whether the command leaves the terminal to the table: nothing that it starts writes there. */
  readonly live: boolean;
}

/** The way to show a command's events that fits where its output goes. */
export async function openRenderer({ json, live }: RendererOptions): Promise<Renderer> {
  const { env } = process;
  const [stdout, stderr] = [process.stdout, process.stderr];
  const streams: Streams = {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
  };
  const isLogged = isCi(env['CI']) || env['TERM'] === 'dumb';
  const table = live && stderr.isTTY && !isLogged && !(json && stdout.isTTY);
  if (!json) {
    if (table) return (await loadLive()).openLive(streams);
    return env['GITHUB_ACTIONS'] === 'true' ? githubRenderer(streams) : lineRenderer(streams);
  }
  const asJson = jsonRenderer(streams);
  if (!table) return asJson;
  const beside = (await loadLive()).openLive({ ...streams, out: () => undefined });
  return {
    show(event, progress) {
      asJson.show(event, progress);
      beside.show(event, progress);
    },
    close: () => beside.close(),
  };
}

/** Only where there is a terminal. */
const loadLive = () => import('./live.ts');
