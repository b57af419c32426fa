// The shape lists that come with the benchmark.
import backward from './backward.txt?raw';
import core from './core.txt?raw';
import filters from './filters.txt?raw';
import mobilenetV2 from './mobilenet_v2.txt?raw';
import resnet50 from './resnet50.txt?raw';
import stableDiffusion from './stable_diffusion.txt?raw';
import unet from './unet.txt?raw';

/** Text of each list, by name. */
export const SHAPE_LISTS: Readonly<Record<string, string>> = {
  core,
  backward,
  resnet50,
  mobilenet_v2: mobilenetV2,
  unet,
  stable_diffusion: stableDiffusion,
  filters,
};
