export { builtImages, builtName } from './built-images.ts';
export type {
  ChartProps,
  Check,
  CheckedTenant,
  Image,
  PodDemand,
  PodResources,
  ServiceAddress,
  VolumeArchive,
  Workload,
} from './define-workload.ts';
export { defineWorkload } from './define-workload.ts';
export { workload, type WorkloadProps } from './workload.ts';
