export { builtImages } from './built-images.ts';
export type {
  ChartProps,
  Check,
  Image,
  PodDemand,
  PodResources,
  ServiceAddress,
  Workload,
} from './define-workload.ts';
export { defineWorkload } from './define-workload.ts';
export { workload, type WorkloadProps } from './workload.ts';
