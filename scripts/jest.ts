import { runJest } from './lib/dev/run-jest.ts';

process.exitCode = runJest('hermetic', process.argv.slice(2));
