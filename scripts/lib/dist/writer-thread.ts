import { parentPort } from 'node:worker_threads';
import { type NewDirectory, writeDirectory } from './write-directory.ts';

// What cannot be written ends the thread, whose owner gets the error.
parentPort?.on('message', (directory: NewDirectory) => {
  parentPort?.postMessage([directory.path, writeDirectory(directory)]);
});
