import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { ProgressEvent } from '../lib/progress/event.ts';
import { Progress } from '../lib/progress/progress.ts';
import { liveRenderer } from '../lib/progress/live.ts';
import type { Renderer } from '../lib/progress/renderer.ts';
import { renderTable, type Screen } from '../lib/progress/table.ts';

const START = Date.parse('2026-11-26T02:20:00Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const screen = (changes: Partial<Screen> = {}): Screen => ({
  columns: 80,
  rows: 24,
  now: START + 34_000,
  paint: (_, text) => text,
  ...changes,
});

let progress: Progress;
beforeEach(() => {
  progress = new Progress();
});

const see = (...events: readonly ProgressEvent[]) => events.forEach((each) => progress.see(each));
const running = (tenant: string | null, step: string, seconds = 4): ProgressEvent => ({
  event: 'step',
  time: at(seconds),
  tenant,
  step,
  state: 'running',
});
const ids = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
const ended = (tenant: string): ProgressEvent => ({
  event: 'tenant',
  time: at(5),
  tenant,
  state: 'done',
  seconds: 1,
  changes: [],
  answer: 'Hello',
});

test('a row per tenant that is worked on, how far all is on top, how many wait below', () => {
  see({ event: 'tenants', time: at(0), tenants: ['alice', 'bob', 'a-long-name', 'dora'] });
  see(running('alice', 'check'), ended('alice'));
  see(running('bob', 'control plane'), running('a-long-name', 'lease'));
  see({
    ...(running('bob', 'control plane') as Extract<ProgressEvent, { event: 'step' }>),
    state: 'waiting',
    waitsFor: 'pod tenant-bob-0: Pending; syncer ContainerCreating, which takes its time',
  });
  expect(renderTable(progress, screen())).toBe(
    [
      '1 of 4 tenants · 34 s',
      'bob          control plane   30 s  pod tenant-bob-0: Pending; syncer ContainerC…',
      'a-long-name  lease           30 s',
      '… 1 wait',
    ].join('\n'),
  );
});

test('on top is the wave that runs, where there are several', () => {
  see({ event: 'tenants', time: at(0), tenants: ['alice', 'bob'] });
  see({ event: 'wave', time: at(1), wave: 'canary', state: 'running', tenants: ['alice'] });
  see(running('alice', 'check'));
  const head = () => renderTable(progress, screen()).split('\n')[0];
  expect(head()).toBe('0 of 2 tenants · wave canary · 34 s');
  see({ event: 'wave', time: at(6), wave: 'canary', state: 'done', tenants: ['alice'] });
  expect(head()).toBe('0 of 2 tenants · 34 s');
});

test('a step for all has a row of its own; where nothing runs there is nothing', () => {
  see(running(null, 'kind cluster tenantry'));
  expect(renderTable(progress, screen())).toBe('kind cluster tenantry   30 s');
  see({
    event: 'step',
    time: at(9),
    tenant: null,
    step: 'kind cluster tenantry',
    state: 'done',
    seconds: 5,
  });
  expect(renderTable(progress, screen())).toBe('');
});

test.each([
  { columns: 40, rows: 5 },
  { columns: 20, rows: 2 },
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
])('1,000 tenants at once fit into $columns × $rows, and those not shown are counted', (size) => {
  see({ event: 'tenants', time: at(0), tenants: ids(1000) });
  for (const id of ids(500)) see(running(id, 'vcluster'));
  const lines = renderTable(progress, screen(size)).split('\n');
  expect(lines.length).toBeLessThan(size.rows);
  expect(lines.every((line) => line.length <= size.columns)).toBe(true);
  const shown = lines.filter((line) => line.startsWith('t')).length;
  if (size.rows > 2) expect(lines.at(-1)).toBe(`… ${500 - shown} more run, 500 wait`);
});

test('wide characters and colours count as wide as they are', () => {
  see(running('alice', 'check'));
  const waitsFor = '注文'.repeat(60);
  see({ event: 'step', time: at(5), tenant: 'alice', step: 'check', state: 'waiting', waitsFor });
  const paint: Screen['paint'] = (style, text) => styleText(style, text, { validateStream: false });
  const line = renderTable(progress, screen({ paint })).split('\n').at(-1) ?? '';
  expect(line).toContain('\u001B[');
  const plain = stripVTControlCharacters(line);
  const width = plain.length + plain.replaceAll(/\P{sc=Han}/gu, '').length;
  expect(width).toBeGreaterThan(77);
  expect(width).toBeLessThanOrEqual(80);
});

test('what a tenant can write neither moves the cursor nor breaks a row', () => {
  see(running('alice', 'check'));
  const waitsFor = 'a\n\u001B[2Jb\r\u202Ec';
  see({ event: 'step', time: at(5), tenant: 'alice', step: 'check', state: 'waiting', waitsFor });
  const rows = renderTable(progress, screen({ columns: 200 })).split('\n');
  expect(rows).toHaveLength(2);
  expect(rows[1]).toContain('a \\u001b[2Jb\\u000d\\u202ec');
});

describe('on a terminal', () => {
  let written: string[];
  let renderer: Renderer;
  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
    const write = (text: string) => written.push(text);
    const area = Object.assign(() => written.push('(table)'), { clear: () => write('(clear)') });
    renderer = liveRenderer({ streams: { out: write, err: write }, area, screen: () => screen() });
  });
  afterEach(() => {
    renderer.close();
    jest.useRealTimers();
  });
  const show = (event: ProgressEvent) => {
    progress.see(event);
    renderer.show(event, progress);
  };

  test('what stays is written above the table, which is cleared before it and at the end', () => {
    show(running('alice', 'check'));
    show({ event: 'result', time: at(5), text: 'alice: Hello' });
    renderer.close();
    expect(written).toEqual(['(clear)', 'alice: Hello\n', '(table)', '(clear)']);
  });

  test('the table is drawn by the clock, however many events there are', () => {
    for (const id of ids(1000)) show(running(id, 'check'));
    expect(written).toEqual([]);
    jest.advanceTimersByTime(1000);
    expect(written).toEqual(Array.from({ length: 4 }, () => '(table)'));
  });
});
