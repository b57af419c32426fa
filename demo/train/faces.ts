// The type faces of the digits, from npm's @fontsource packages (licences: Apache 2.0 for Roboto Slab, OFL 1.1 for the others). Those that a network
// learns from and those it is tested with are of the same kinds (sans serif, serif, slab or typewriter, written by hand), and no family is in both.
import caveat400 from '@fontsource/caveat/files/caveat-latin-400-normal.woff2?url';
import caveat700 from '@fontsource/caveat/files/caveat-latin-700-normal.woff2?url';
import courierPrime400 from '@fontsource/courier-prime/files/courier-prime-latin-400-normal.woff2?url';
import courierPrime700 from '@fontsource/courier-prime/files/courier-prime-latin-700-normal.woff2?url';
import kalam400 from '@fontsource/kalam/files/kalam-latin-400-normal.woff2?url';
import kalam700 from '@fontsource/kalam/files/kalam-latin-700-normal.woff2?url';
import lato400 from '@fontsource/lato/files/lato-latin-400-normal.woff2?url';
import lato700 from '@fontsource/lato/files/lato-latin-700-normal.woff2?url';
import montserrat400 from '@fontsource/montserrat/files/montserrat-latin-400-normal.woff2?url';
import montserrat700 from '@fontsource/montserrat/files/montserrat-latin-700-normal.woff2?url';
import notoSerif400 from '@fontsource/noto-serif/files/noto-serif-latin-400-normal.woff2?url';
import notoSerif700 from '@fontsource/noto-serif/files/noto-serif-latin-700-normal.woff2?url';
import nunito400 from '@fontsource/nunito/files/nunito-latin-400-normal.woff2?url';
import nunito700 from '@fontsource/nunito/files/nunito-latin-700-normal.woff2?url';
import patrickHand400 from '@fontsource/patrick-hand/files/patrick-hand-latin-400-normal.woff2?url';
import ptSerif400 from '@fontsource/pt-serif/files/pt-serif-latin-400-normal.woff2?url';
import ptSerif700 from '@fontsource/pt-serif/files/pt-serif-latin-700-normal.woff2?url';
import roboto400 from '@fontsource/roboto/files/roboto-latin-400-normal.woff2?url';
import roboto700 from '@fontsource/roboto/files/roboto-latin-700-normal.woff2?url';
import robotoSlab400 from '@fontsource/roboto-slab/files/roboto-slab-latin-400-normal.woff2?url';
import robotoSlab700 from '@fontsource/roboto-slab/files/roboto-slab-latin-700-normal.woff2?url';
import sourceSans3400 from '@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff2?url';
import sourceSans3700 from '@fontsource/source-sans-3/files/source-sans-3-latin-700-normal.woff2?url';

/** A face of a family: a weight of it. */
export interface Face {
  readonly family: string;
  readonly weight: number;
  /** Of its woff2 file, with Latin characters only. */
  readonly url: string;
}

const TRAINING: readonly Face[] = [
  { family: 'Roboto', weight: 400, url: roboto400 },
  { family: 'Roboto', weight: 700, url: roboto700 },
  { family: 'Montserrat', weight: 400, url: montserrat400 },
  { family: 'Montserrat', weight: 700, url: montserrat700 },
  { family: 'Nunito', weight: 400, url: nunito400 },
  { family: 'Nunito', weight: 700, url: nunito700 },
  { family: 'PT Serif', weight: 400, url: ptSerif400 },
  { family: 'PT Serif', weight: 700, url: ptSerif700 },
  { family: 'Roboto Slab', weight: 400, url: robotoSlab400 },
  { family: 'Roboto Slab', weight: 700, url: robotoSlab700 },
  { family: 'Courier Prime', weight: 400, url: courierPrime400 },
  { family: 'Courier Prime', weight: 700, url: courierPrime700 },
  { family: 'Caveat', weight: 400, url: caveat400 },
  { family: 'Caveat', weight: 700, url: caveat700 },
  { family: 'Patrick Hand', weight: 400, url: patrickHand400 },
];

const HELD_OUT: readonly Face[] = [
  { family: 'Lato', weight: 400, url: lato400 },
  { family: 'Lato', weight: 700, url: lato700 },
  { family: 'Source Sans 3', weight: 400, url: sourceSans3400 },
  { family: 'Source Sans 3', weight: 700, url: sourceSans3700 },
  { family: 'Noto Serif', weight: 400, url: notoSerif400 },
  { family: 'Noto Serif', weight: 700, url: notoSerif700 },
  { family: 'Kalam', weight: 400, url: kalam400 },
  { family: 'Kalam', weight: 700, url: kalam700 },
];

/** Digits to learn from, and digits of families that are kept from the network. */
export const FACES = { training: TRAINING, heldOut: HELD_OUT } as const;

export type DigitSet = keyof typeof FACES;

/** The faces of a set as CSS has them, in the size that outlines are measured in, loaded into `fonts`. */
export async function loadFaces(set: DigitSet, fonts: FontFaceSet): Promise<readonly string[]> {
  const loaded = FACES[set].map(async ({ family, weight, url }) => {
    const face = await new FontFace(family, `url(${url})`, { weight: String(weight) }).load();
    fonts.add(face);
    return `${weight} 100px "${family}"`;
  });
  return Promise.all(loaded);
}
