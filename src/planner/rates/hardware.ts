// A GPU as the cost model imagines one: a mid-range discrete one, with some 25 operations for each byte it can move, as most have. Not
// measured: none was at hand. What counts is which of two designs is faster, and that hangs on the ratios.
import type { HardwareRates } from './rates.js';

/** Half a load for each multiply-add, or more. */
const SINGLE = 0.05;
/** Reading both operands from storage again and again, a register tile waits for the cache. */
const REGISTER = 0.25;
/** With a quarter of its loads from neighbouring lanes. */
const SUBGROUP = 0.35;
/** With tiles in workgroup memory; what good ones reach in WGSL. */
const WORKGROUP = 0.6;

export const HARDWARE: HardwareRates = {
  kind: 'hardware',
  dispatchMs: 0.004,
  multiplyAddsPerMs: 5e9, // 10 TFLOP/s
  bytesPerMs: 4e8, // 400 GB/s
  invocations: 16384,
  share: {
    depthwise_f32_4x16: REGISTER,
    depthwise_f32_4x8: REGISTER,
    direct_f32_1x16: REGISTER,
    direct_f32_4x8: REGISTER,
    fft_columns_f32: REGISTER,
    fft_depthwise_f32: REGISTER,
    fft_input_f32: REGISTER,
    fft_output_f32: REGISTER,
    'fft_products_f32 tiles 1': REGISTER,
    'fft_products_f32 tiles 2': REGISTER,
    'fft_products_f32 tiles 4': REGISTER,
    filter_gradient_depthwise_f32: REGISTER,
    'filter_gradient_depthwise_f32 apart': REGISTER,
    filter_gradient_direct_f32: SINGLE,
    filter_gradient_gemm_f32_16x8: REGISTER,
    filter_gradient_gemm_f32_8x8: REGISTER,
    filter_gradient_subgroup_f32_16x8: SUBGROUP,
    gemm_register_f32_16x8: REGISTER,
    gemm_register_f32_4x16: REGISTER,
    gemm_register_f32_8x8: REGISTER,
    gemm_subgroup_f32_16x8: SUBGROUP,
    gemm_workgroup_f32_64x64: WORKGROUP,
    implicit_register_f32_16x8: REGISTER,
    implicit_register_f32_4x16: REGISTER,
    implicit_register_f32_8x8: REGISTER,
    implicit_single_f32_1x2: SINGLE,
    implicit_single_f32_1x4: SINGLE,
    implicit_single_f32_4x4: SINGLE,
    implicit_split_f32_64x64: WORKGROUP,
    implicit_subgroup_f32_16x8: SUBGROUP,
    implicit_subgroup_f32_8x8: SUBGROUP,
    implicit_workgroup_f32_64x64: WORKGROUP,
    pointwise_rows_f32_16x8: REGISTER,
    pointwise_rows_subgroup_f32_16x8: SUBGROUP,
    pointwise_single_f32_16x4: REGISTER,
    pointwise_values_f32_16x8: REGISTER,
    pointwise_values_subgroup_f32_16x8: SUBGROUP,
    pointwise_workgroup_f32_64x64: WORKGROUP,
    winograd_gemm_register_f32_16x8: REGISTER,
    winograd_gemm_subgroup_f32_16x8: SUBGROUP / 8, // four lanes of 32
    winograd_gemm_subgroup_f32_32x4: SUBGROUP / 4, // eight lanes of 32
    winograd_gemm_workgroup_f32_64x64: WORKGROUP,
  },
};
