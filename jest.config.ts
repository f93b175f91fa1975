import type { Config } from 'jest';

// Node runs the TypeScript as it is, so there is nothing to transform.
const shared: Config = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/.tenantry/'],
};

const config: Config = {
  // A hang shows at this end; no test asserts how long something takes on a busy machine.
  testTimeout: 300_000,
  projects: [
    {
      ...shared,
      displayName: 'hermetic',
      testMatch: ['<rootDir>/{packages,scripts}/**/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/packages/(e2e|whoami|workload)/',
        '<rootDir>/scripts/test/shipped/',
      ],
      setupFiles: ['<rootDir>/scripts/test/property-seed.ts'],
      // In place of the workload that ships stands the one in packages/workload/fixture.
      testEnvironmentOptions: {
        customExportConditions: ['node', 'node-addons', 'tenantry-fixture'],
      },
    },
    {
      ...shared,
      displayName: 'workload',
      testMatch: [
        '<rootDir>/packages/{whoami,workload}/test/**/*.test.ts',
        '<rootDir>/examples/**/test/*.test.ts',
        '<rootDir>/scripts/test/shipped/*.test.ts',
      ],
    },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/packages/e2e/test/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'examples',
      testMatch: ['<rootDir>/packages/e2e/examples/**/*.test.ts'],
    },
    { ...shared, displayName: 'chaos', testMatch: ['<rootDir>/packages/e2e/chaos/**/*.test.ts'] },
    { ...shared, displayName: 'fleet', testMatch: ['<rootDir>/packages/e2e/fleet/**/*.test.ts'] },
  ],
};

export default config;
